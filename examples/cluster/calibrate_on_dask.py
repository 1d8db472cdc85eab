"""Calibrates on several processes of Dask, kills one of them on the way, and gets the bytes that
one process gives.

    pip install -r examples/cluster/requirements.txt
    python examples/cluster/calibrate_on_dask.py MODEL DATA.npy [--workers 3] [--folder FOLDER]

Each worker runs `octet.calibrate` on a shard, and writes its statistics to a folder that all of
them see. The scheduler gives the shard of a worker that died to another one, which goes on where
the file stopped, if it was begun.
"""

import argparse
import os
import signal
from pathlib import Path

import octet
from distributed import Client, LocalCluster


def measure(model: str, data: str, file: str, number: int, count: int, victim: str | None) -> str:
    """Runs on a worker. With `victim`, a file that does not exist yet, it makes the file and kills
    its own process half way: once."""

    def die(stage: str, done: int, total: int | None) -> None:
        if stage == "calibration" and victim and not os.path.exists(victim) and 2 * done >= total:
            Path(victim).touch()
            os.kill(os.getpid(), signal.SIGKILL)

    octet.calibrate(model, octet.npy_file(data), file, shard=(number, count), progress=die)
    return file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("data", help=".npy of samples")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("build/cluster"))
    arguments = parser.parse_args()

    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    model, data = os.path.abspath(arguments.model), os.path.abspath(arguments.data)
    victim = folder / "victim"
    victim.unlink(missing_ok=True)
    files = [folder / f"part{i}" for i in range(1, arguments.workers + 1)]
    for file in files:
        file.unlink(missing_ok=True)
    with (
        LocalCluster(
            n_workers=arguments.workers, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        shards = [
            client.submit(
                measure, model, data, str(file), i, len(files), str(victim) if i == 1 else None
            )
            for i, file in enumerate(files, 1)
        ]
        done = client.gather(shards)
    assert victim.exists(), "no worker was killed"

    together = octet.quantize(model, octet.stored_statistics(done), progress=False)
    alone = octet.quantize(model, octet.npy_file(data), progress=False)
    octet.save(together, folder / "together.xml")
    octet.save(alone, folder / "alone.xml")
    for part in ("xml", "bin"):
        same = (folder / f"together.{part}").read_bytes() == (folder / f"alone.{part}").read_bytes()
        print(f"{part}: {'the same bytes' if same else 'DIFFERENT'}")
        if not same:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
