#include "pt2_archive.hpp"

#include "support.hpp"
#include "unit/io/zip_writer.hpp"

namespace octet::fuzz {

const char* const sound_weights_config = R"({"config": {
  "head.fc.weight": {"path_name": "weight_0", "is_param": true, "use_pickle": false,
    "tensor_meta": {"dtype": 7, "sizes": [{"as_int": 2}, {"as_int": 3}], "requires_grad": false,
      "device": {"type": "cpu", "index": null}, "strides": [{"as_int": 3}, {"as_int": 1}],
      "storage_offset": {"as_int": 0}, "layout": 7}},
  "head.fc.bias": {"path_name": "weight_1", "is_param": true, "use_pickle": false,
    "tensor_meta": {"dtype": 7, "sizes": [{"as_int": 2}], "requires_grad": false,
      "device": {"type": "cpu", "index": null}, "strides": [{"as_int": 1}],
      "storage_offset": {"as_int": 0}, "layout": 7}}}})";

std::filesystem::path pt2_archive(const std::string& program, const std::string& weights_config) {
  const std::filesystem::path path = file_of("", ".archive.pt2");
  write_zip(path, {{"net/archive_format", "pt2"},
                   {"net/archive_version", "0"},
                   {"net/byteorder", "little"},
                   {"net/models/model.json", program},
                   {"net/data/weights/model_weights_config.json", weights_config},
                   {"net/data/weights/weight_0", std::string(24, '\1')},
                   {"net/data/weights/weight_1", std::string(8, '\2')}});
  return path;
}

}  // namespace octet::fuzz
