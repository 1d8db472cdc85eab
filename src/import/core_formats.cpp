#include "import/core_formats.hpp"

#include <openvino/frontend/manager.hpp>
#include <openvino/runtime/core.hpp>
#include <string>

#include "core/file_pair.hpp"
#include "core/memory.hpp"
#include "import/onnx_names.hpp"
#include "import/stored_sources.hpp"
#include "import/unique_names.hpp"
#include "io/mapped_file.hpp"

namespace octet {
namespace importer {
namespace {

/// Asks the one frontend by name: `ov::Core` would try them all on a damaged file, and some print.
std::shared_ptr<ov::Model> read(const char* format, const std::filesystem::path& path,
                                const char* remedy) {
  try {
    ov::frontend::FrontEndManager frontends;
    const auto frontend = frontends.load_by_framework(format);
    return frontend->convert(frontend->load(path.string()));
  } catch (const std::exception& error) {
    throw core::openvino_error(ErrorCode::conversion_failed, "import", path.string(),
                               "read the model", error, remedy);
  }
}

/// Version of the IR that the graph was read from; 11 since 2022.
std::int64_t ir_version(const ov::Model& graph) {
  constexpr const char* key = "version";
  return graph.has_rt_info(key) ? graph.get_rt_info<std::int64_t>(key) : 11;
}

}  // namespace

Model load_ir(const std::filesystem::path& path) {
  io::MappedFile::open("import", path);  // so that an unreadable file is said to be one
  const std::filesystem::path weights = std::filesystem::path(path).replace_extension(".bin");
  core::check_seal(path, weights);
  std::shared_ptr<ov::Model> graph;
  try {
    graph = read("ir", path,
                 "Check that the .xml is OpenVINO IR and that the .bin is the one saved with it");
  } catch (const Error& error) {
    // A model without weights needs none, and a damaged .xml is no better with them.
    std::error_code unknown;
    const bool is_missing = error.problem().find("bin file cannot be found") != std::string::npos &&
                            !std::filesystem::exists(weights, unknown) && !unknown;
    if (!is_missing) throw;
    throw Error(ErrorCode::file_not_found, "import", path.string(),
                "the file of its weights, '" + weights.filename().string() + "', does not exist",
                "Put the .bin that was saved with the .xml beside it");
  }
  // What older IR means differs, and only ov::Core knows how.
  if (ir_version(*graph) < 11) graph = ov::Core().read_model(path.string());
  Model model = from_ov_model(graph);
  model.format = "ir";
  model.origin = path.string();
  return model;
}

Model load_onnx(const std::filesystem::path& path) {
  const auto file = io::MappedFile::open("import", path);
  Model model;
  model.graph = read("onnx", path,
                     "Check the model with onnx.checker, and that files of external data lie "
                     "beside it");
  model.sources = name_onnx_nodes(model.graph, read_onnx_nodes(file->bytes(), path));
  store_sources(model);
  model.format = "onnx";
  model.origin = path.string();
  return model;
}

}  // namespace importer

Model from_ov_model(std::shared_ptr<ov::Model> graph) {
  if (!graph)
    throw Error(ErrorCode::invalid_argument, "import", "", "no model was given",
                "Give an ov::Model");
  Model model;
  model.graph = graph->clone();
  importer::make_names_unique(*model.graph);
  model.sources = importer::stored_sources(*model.graph);
  model.format = "ov_model";
  return model;
}

}  // namespace octet
