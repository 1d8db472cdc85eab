"""Writes the reference cases of the data readers: images with what Pillow and torchvision's rules
make of them, and arrays as NumPy saves them. Run it once; the results are kept.

usage: python tools/make_data_cases.py   (needs numpy and Pillow)
"""

from pathlib import Path

import numpy as np
from PIL import Image

CASES = Path(__file__).resolve().parent.parent / "tests" / "cases"
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
SCALE = np.array([0.229, 0.224, 0.225], np.float32)


def picture(height: int, width: int) -> np.ndarray:
    """Waves and a hard edge: enough to tell filters, channels and axes apart."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    red = 128 + 100 * np.sin(x / 3) * np.cos(y / 5)
    green = 255 * (x + 0.3 * y > 0.6 * width)
    blue = 255 * (x + y) / (height + width)
    return np.stack([red, green, blue], -1).clip(0, 255).astype(np.uint8)


def shorter_side(image: Image.Image, side: int) -> Image.Image:
    width, height = image.size
    if height <= width:
        return image.resize((side * width // height, side), Image.Resampling.BILINEAR)
    return image.resize((side, side * height // width), Image.Resampling.BILINEAR)


def centre_crop(image: Image.Image, height: int, width: int) -> Image.Image:
    left = round((image.size[0] - width) / 2)
    top = round((image.size[1] - height) / 2)
    return image.crop((left, top, left + width, top + height))


def write_image_case(name, file, options, expected, mean_tolerance, largest_tolerance):
    """Tolerances are in steps of an 8-bit channel."""
    np.save(CASES / "images" / f"{name}.npy", expected.astype(np.float32)[None])
    lines = [f"image {file}", *options, f"mean_tolerance {mean_tolerance}"]
    lines += [f"largest_tolerance {largest_tolerance}"]
    (CASES / "images" / f"{name}.case").write_text("\n".join(lines) + "\n")


def images():
    folder = CASES / "images"
    wide, tall = Image.fromarray(picture(45, 64)), Image.fromarray(picture(61, 40))
    wide.save(folder / "wide.png")
    tall.save(folder / "tall.ppm")
    wide.save(folder / "wide.bmp")
    wide.save(folder / "wide.jpg", quality=92)
    wide.convert("L").save(folder / "grey.pgm")
    tall.convert("L").save(folder / "grey.png")
    alpha = wide.convert("RGBA")
    alpha.putalpha(Image.fromarray(picture(45, 64)[..., 0]))
    alpha.save(folder / "alpha.png")
    wide.quantize(16).save(folder / "palette.png")

    def whole(name, file, tolerance=(0, 0)):
        pixels = np.asarray(Image.open(folder / file).convert("RGB"), np.float32) / 255
        write_image_case(name, file, [], pixels.transpose(2, 0, 1), *tolerance)

    whole("png", "wide.png")
    whole("ppm", "tall.ppm")
    whole("bmp", "wide.bmp")
    whole("grey_pgm", "grey.pgm")
    whole("grey_png", "grey.png")
    whole("alpha", "alpha.png")
    whole("palette", "palette.png")
    # Decoders of JPEG may differ in rounding and in how they interpolate colour.
    whole("jpeg", "wide.jpg", (1.0, 12))

    # Pillow rounds to 8 bits between its two passes, stb after both: one step. At the border
    # Pillow cuts the filter off and stb repeats the last pixel, which a hard edge shows.
    def resized(name, file, image, options, after, tolerance):
        pixels = np.asarray(after, np.float32) / 255
        write_image_case(name, file, options, pixels.transpose(2, 0, 1), *tolerance)

    resized(
        "shrink_crop",
        "wide.png",
        wide,
        ["resize 24", "crop 16"],
        centre_crop(shorter_side(wide, 24), 16, 16),
        (0.5, 1.01),
    )
    resized(
        "shrink_crop_odd",
        "tall.ppm",
        tall,
        ["resize 25", "crop 14 17"],
        centre_crop(shorter_side(tall, 25), 14, 17),
        (0.5, 1.01),
    )
    resized(
        "exact",
        "wide.png",
        wide,
        ["resize 20 31"],
        wide.resize((31, 20), Image.Resampling.BILINEAR),
        (0.7, 16),
    )
    resized(
        "enlarge",
        "tall.ppm",
        tall,
        ["resize 100 70"],
        tall.resize((70, 100), Image.Resampling.BILINEAR),
        (0.5, 1.01),
    )
    resized(
        "model_size",
        "wide.png",
        wide,
        ["model 20 20"],
        centre_crop(shorter_side(wide, 20), 20, 20),
        (0.8, 16),
    )
    crop = np.asarray(centre_crop(wide, 21, 30), np.float32)
    write_image_case(
        "normalized",
        "wide.png",
        [
            "resize 45 64",
            "crop 21 30",
            "mean " + " ".join(f"{m:.3f}" for m in MEAN),
            "scale " + " ".join(f"{s:.3f}" for s in SCALE),
        ],
        ((crop / 255 - MEAN) / SCALE).transpose(2, 0, 1),
        0.001,
        0.01,
    )
    write_image_case(
        "raw_nhwc",
        "wide.png",
        ["resize 45 64", "crop 21 30", "layout nhwc", "raw_255 1", "mean 10", "scale 2"],
        (crop - 10) / 2,
        0.001,
        0.01,
    )


def arrays():
    """Every element is its own row-major index (modulo 2 for booleans)."""
    folder = CASES / "arrays"
    shape = (3, 4, 5)
    values = np.arange(60).reshape(shape)
    for name in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"):
        np.save(folder / f"{name}.npy", values.astype(name))
    np.save(folder / "bool.npy", (values % 2).astype(bool))
    np.save(folder / "fortran.npy", np.asfortranarray(values.astype("f4")))
    np.save(folder / "fortran_two_axes.npy", np.asfortranarray(values.reshape(12, 5).astype("i4")))
    np.save(folder / "one_axis.npy", np.arange(7, dtype="f4"))
    for version in (2, 3):
        with open(folder / f"version_{version}.npy", "wb") as file:
            np.lib.format.write_array(file, values.astype("f4"), version=(version, 0))
    np.savez(folder / "named.npz", image=values.astype("f4"), mask=values[:, 0].astype("i8"))
    np.savez_compressed(folder / "compressed.npz", image=values.astype("f4"))
    many = {f"arr_{i}": np.full((2, i + 1), i, "f4") for i in range(12)}
    np.savez(folder / "positional.npz", **many)


if __name__ == "__main__":
    for folder in ("images", "arrays"):
        (CASES / folder).mkdir(parents=True, exist_ok=True)
    images()
    arrays()
