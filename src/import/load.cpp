#include <algorithm>
#include <array>
#include <cctype>

#include "import/aten/program.hpp"
#include "import/core_formats.hpp"
#include "import/pt2/reader.hpp"
#include "octet/model.hpp"

namespace octet {
namespace {

Model load_pt2(const std::filesystem::path& path) {
  return importer::aten::lower(importer::pt2::read(path));
}

struct Format {
  const char* extension;
  Model (*load)(const std::filesystem::path&);
};

constexpr std::array formats = {
    Format{".pt2", load_pt2},
    Format{".xml", importer::load_ir},
    Format{".onnx", importer::load_onnx},
};

}  // namespace

Model load(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    throw Error(ErrorCode::file_not_found, "import", path.string(), "the file does not exist",
                "Check the path");
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto format =
      std::ranges::find_if(formats, [&](const Format& row) { return extension == row.extension; });
  if (format == formats.end())
    throw Error(ErrorCode::unknown_format, "import", path.string(),
                "files of this kind cannot be read",
                "Give a .pt2 of torch.export.save, an .onnx or an OpenVINO .xml");
  return format->load(path);
}

}  // namespace octet
