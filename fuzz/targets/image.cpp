/// An image of any kind, decoded and resized as a folder of images is.
#include "io/image.hpp"
#include "support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  octet::fuzz::read([&] {
    const octet::io::DecodedImage decoded =
        octet::io::decode_image(octet::fuzz::bytes_of(data, size));
    const octet::io::Image& image = decoded.image;
    if (!decoded.problem.empty()) return;
    if (image.pixels.size() != image.height * image.width * 3 || image.pixels.empty()) std::abort();
    octet::io::resize_image(image, 8, 5);
  });
  return 0;
}
