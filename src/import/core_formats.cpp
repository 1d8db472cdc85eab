#include "import/core_formats.hpp"

#include <openvino/core/except.hpp>
#include <openvino/runtime/core.hpp>
#include <unordered_set>

#include "import/stored_sources.hpp"
#include "io/mapped_file.hpp"

namespace octet {
namespace importer {
namespace {

/// Gives every node a name of its own, keeping the first of equal ones.
void make_names_unique(const std::shared_ptr<ov::Model>& graph) {
  std::unordered_set<std::string> used;
  const auto ordered = graph->get_ordered_ops();
  std::vector<std::shared_ptr<ov::Node>> repeated;
  for (const auto& node : ordered)
    if (!used.insert(node->get_friendly_name()).second) repeated.push_back(node);
  for (const auto& node : repeated) {
    const std::string base = node->get_friendly_name();
    for (int i = 2;; ++i) {
      std::string name = base + "_" + std::to_string(i);
      if (!used.insert(name).second) continue;
      node->set_friendly_name(name);
      break;
    }
  }
}

std::shared_ptr<ov::Model> read(const std::filesystem::path& path, const char* remedy) {
  io::MappedFile::open("import", path);  // so that a missing file is said to be missing
  try {
    ov::Core core;
    return core.read_model(path.string());
  } catch (const std::exception& error) {
    throw Error(ErrorCode::conversion_failed, "import", path.string(),
                std::string("OpenVINO cannot read the model: ") + error.what(), remedy);
  }
}

}  // namespace

Model load_ir(const std::filesystem::path& path) {
  Model model = from_ov_model(read(path,
                                   "Check that the .xml is OpenVINO IR and that the .bin "
                                   "saved with it lies beside it"));
  model.format = "ir";
  model.origin = path.string();
  return model;
}

Model load_onnx(const std::filesystem::path& path) {
  Model model;
  model.graph = read(path,
                     "Check the model with onnx.checker, and that files of external data lie "
                     "beside it");
  make_names_unique(model.graph);
  for (const auto& node : model.graph->get_ordered_ops()) {
    SourceInfo info;
    info.value_name = node->get_friendly_name();
    model.sources.set(node->get_friendly_name(), std::move(info));
  }
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
  importer::make_names_unique(model.graph);
  model.sources = importer::stored_sources(*model.graph);
  model.format = "ov_model";
  return model;
}

}  // namespace octet
