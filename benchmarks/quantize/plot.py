"""Time to quantize against the number of samples and against the model's size: plot.py FOLDER"""

import json
import sys
from pathlib import Path
from statistics import median

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot


def points_of(results):
    """(model, samples, megabytes, seconds) of each peer."""
    points = {}
    for entry in results["jobs"]:
        job = entry["job"]
        size = (Path(job["folder"]) / "model.bin").stat().st_size / 1e6
        for peer, runs in entry["runs"].items():
            times = [run["seconds"] for run in runs if "seconds" in run]
            if times:
                point = (job["model"], job["samples"], size, median(times))
                points.setdefault(peer, []).append(point)
    return points


def main():
    folder = Path(sys.argv[1])
    points = points_of(json.loads((folder / "results.json").read_text()))
    figure, (by_samples, by_size) = pyplot.subplots(1, 2, figsize=(14, 6))
    for number, (peer, of_peer) in enumerate(points.items()):
        for model in dict.fromkeys(point[0] for point in of_peer):
            line = sorted((point[1], point[3]) for point in of_peer if point[0] == model)
            by_samples.plot(*zip(*line, strict=True), "o-", color=f"C{number}", alpha=0.6)
        most = max(point[1] for point in of_peer)
        line = sorted((point[2], point[3]) for point in of_peer if point[1] == most)
        by_size.plot(*zip(*line, strict=True), "o-", color=f"C{number}", label=peer)
    by_samples.set(xlabel="samples", ylabel="seconds to quantize", yscale="log", xscale="log")
    by_size.set(xlabel="size of the FP32 model, MB", yscale="log", xscale="log")
    by_size.legend()
    figure.savefig(folder / "plot.png", dpi=120)
    print(folder / "plot.png")


if __name__ == "__main__":
    main()
