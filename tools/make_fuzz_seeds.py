"""Writes the seeds of the fuzz targets' corpora: small sound inputs of every kind.

    python tools/make_fuzz_seeds.py fuzz/corpus

Needs torch for the programs. What fuzzing found lies beside the seeds and is not touched.
"""

import io
import json
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def write(folder: Path, name: str, content: bytes | str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def zip_of(entries: dict[str, bytes], compression: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return buffer.getvalue()


def programs() -> dict[str, bytes]:
    """Archives of torch.export.save, by name."""
    import torch

    class Linear(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.head = torch.nn.ModuleDict({"fc": torch.nn.Linear(3, 2)})

        def forward(self, image):
            return torch.relu(self.head["fc"](image))

    class Branches(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = torch.nn.Conv2d(2, 2, 3, padding=1)
            self.register_buffer("scale", torch.tensor([1, 2], dtype=torch.int64))

        def forward(self, x, options):
            y = self.conv(x).add_(options["shift"])
            left, right = torch.split(y, 1, dim=1)
            with torch.no_grad():
                left = left * self.scale[0]
            return {"left": left, "rest": [right, torch.cat([left, right], dim=1)]}

    batch = torch.export.Dim("batch", max=16)
    exports = {
        "linear": torch.export.export(Linear(), (torch.ones(4, 3),)),
        "linear_dynamic": torch.export.export(
            Linear(), (torch.ones(4, 3),), dynamic_shapes=({0: batch},)
        ),
        "branches": torch.export.export(
            Branches(), (torch.ones(1, 2, 4, 4), {"shift": torch.ones(1)})
        ),
    }
    archives = {}
    for name, program in exports.items():
        buffer = io.BytesIO()
        torch.export.save(program, buffer)
        archives[name] = buffer.getvalue()
    return archives


def main(target: Path) -> None:
    for name, archive in programs().items():
        write(target / "pt2", f"{name}.pt2", archive)
        with zipfile.ZipFile(io.BytesIO(archive)) as content:
            for entry in content.namelist():
                if entry.endswith("models/model.json"):
                    write(target / "pt2_program", f"{name}.json", content.read(entry))
                elif entry.endswith("model_weights_config.json"):
                    write(target / "pt2_weights", f"{name}.json", content.read(entry))

    entries = {"a/b": b"hello", "c": bytes(100)}
    write(target / "zip", "stored.zip", zip_of(entries, zipfile.ZIP_STORED))
    write(target / "zip", "deflated.zip", zip_of(entries, zipfile.ZIP_DEFLATED))
    write(target / "zip", "empty.zip", zip_of({}, zipfile.ZIP_STORED))

    arrays = ROOT / "tests" / "cases" / "arrays"
    for path in sorted(arrays.glob("*.np[yz]")):
        write(target / path.suffix[1:], path.name, path.read_bytes())
    images = ROOT / "tests" / "cases" / "images"
    for path in sorted(images.iterdir()):
        if path.suffix in {".png", ".jpg", ".bmp", ".ppm", ".pgm"}:
            write(target / "image", path.name, path.read_bytes())

    for path in sorted((ROOT / "tests" / "cases" / "recipe").glob("*.case")):
        text = path.read_text(errors="surrogateescape")
        begin = text.find("{")
        if begin >= 0:
            write(target / "recipe", f"{path.stem}.json", text[begin:].encode(errors="ignore"))

    source = {"value_name": "conv2d", "module_path": "stem", "source_line": "net.py:3"}
    write(target / "sources", "one.json", json.dumps({"conv2d": source}))
    advanced = {
        "overflow_fix": "disable",
        "weights_quantization_params": {"mode": "asymmetric", "num_bits": 8},
        "activations_range_estimator_params": {"max": {"statistics_type": "quantile"}},
        "smooth_quant_alphas": {"matmul": 0.5},
        "backend_params": {"compress_weights": True},
    }
    write(target / "advanced", "several.json", json.dumps(advanced))
    write(target / "options", "several", "--preset\nmixed\n--ignore\nhead\n--subset-size\n10\n")
    write(target / "options", "images", "--mean\n0.5,0.4,0.3\n--resize\n8x9\n--advanced\n{}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
