"""The photographs that scikit-image's wheel carries, cut to the size of the model's input."""

import importlib.util
from pathlib import Path

import numpy as np
from PIL import Image

SIZE = 224
# Of all the files in skimage/data those that are photographs; nothing is downloaded.
PHOTOGRAPHS = [
    *("astronaut.png", "brick.png", "camera.png", "chelsea.png", "clock_motion.png", "coffee.png"),
    *("coins.png", "grass.png", "gravel.png", "hubble_deep_field.jpg", "moon.png"),
    *("motorcycle_left.png", "motorcycle_right.png", "retina.jpg", "rocket.jpg"),
]
# Those that show something of ImageNet's classes.
SHOWN = ["chelsea.png", "coffee.png", "camera.png", "motorcycle_left.png", "rocket.jpg"]
# Shorter sides that the photographs are scaled to before crops are taken.
SCALES = [240, 288, 352, 448]


def _folder() -> Path:
    # Found without an import, which would load much that is not needed.
    return Path(importlib.util.find_spec("skimage").origin).parent / "data"


def _scaled(name: str, shorter_side: int) -> Image.Image:
    with Image.open(_folder() / name) as image:
        factor = shorter_side / min(image.size)
        size = round(image.width * factor), round(image.height * factor)
        return image.convert("RGB").resize(size, Image.Resampling.BICUBIC)


def write_calibration_crops(folder: Path) -> list[Path]:
    """300 PNG files: corners and centre of every photograph at every scale."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name in PHOTOGRAPHS:
        for scale in SCALES:
            image = _scaled(name, scale)
            right, bottom = image.width - SIZE, image.height - SIZE
            centre = right // 2, bottom // 2
            places = [(0, 0), (right, 0), (0, bottom), (right, bottom), centre]
            for number, (left, top) in enumerate(places):
                file = folder / f"{Path(name).stem}_{scale}_{number}.png"
                image.crop((left, top, left + SIZE, top + SIZE)).save(file, compress_level=1)
                files.append(file)
    return sorted(files)


def shown_photographs() -> dict[str, Image.Image]:
    """The centre of each photograph that is shown, as networks of this kind are evaluated."""
    shown = {}
    for name in SHOWN:
        image = _scaled(name, 256)
        left, top = (image.width - SIZE) // 2, (image.height - SIZE) // 2
        shown[Path(name).stem] = image.crop((left, top, left + SIZE, top + SIZE))
    return shown


def to_input(image: Image.Image) -> np.ndarray:
    """[1, 3, 224, 224]: (x - 127) / 128, as this network was trained, in units of 0..1."""
    pixels = np.asarray(image, np.float32) / np.float32(255)
    normalized = (pixels - np.float32(MEAN)) / np.float32(SCALE)
    return np.ascontiguousarray(normalized.transpose(2, 0, 1)[None])


MEAN, SCALE = 127 / 255, 128 / 255
