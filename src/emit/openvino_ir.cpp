#include "emit/openvino_ir.hpp"

#include <openvino/core/version.hpp>
#include <openvino/pass/serialize.hpp>

#include "core/atomic_file.hpp"
#include "core/file_pair.hpp"
#include "import/source_text.hpp"
#include "import/stored_sources.hpp"
#include "octet/version.hpp"

namespace octet::emit {
namespace {

/// A folder in the file's place would only be noticed by the last rename, when one of the two files
/// is in place already.
void check_target(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored))
    throw Error(ErrorCode::output_unwritable, "emit", "file '" + file.string() + "'",
                "a folder has this name", "Choose another name");
}

/// Where the nodes of `graph` came from. Folders of the user's machine stay out of the file.
SourceMap sources_of(const ov::Model& graph, const SourceMap& all) {
  SourceMap sources;
  for (const auto& node : graph.get_ordered_ops()) {
    const SourceInfo* found = all.find(node->get_friendly_name());
    if (!found) continue;
    SourceInfo info = *found;
    info.source_line = importer::short_source_line(info.source_line);
    sources.set(node->get_friendly_name(), std::move(info));
  }
  return sources;
}

}  // namespace

void write_openvino_ir(const Model& model, const std::filesystem::path& path) {
  if (path.extension() != ".xml")
    throw Error(ErrorCode::invalid_argument, "emit", "file '" + path.string() + "'",
                "OpenVINO IR has the extension .xml",
                "Name it '" + std::filesystem::path(path).replace_extension(".xml").string() + "'");
  const std::filesystem::path weights_path = std::filesystem::path(path).replace_extension(".bin");
  check_target(path);
  check_target(weights_path);

  // A clone, because what wrote the model is noted in it. Constants are shared.
  const std::shared_ptr<ov::Model> graph = model.graph->clone();
  if (!graph->has_rt_info("octet", "octet_version"))
    graph->set_rt_info(std::string(version()), "octet", "octet_version");
  if (!graph->has_rt_info("octet", "openvino_version"))
    graph->set_rt_info(std::string(ov::get_openvino_version().buildNumber), "octet",
                       "openvino_version");

  const SourceMap sources = sources_of(*graph, model.sources);
  if (!sources.empty()) graph->set_rt_info(sources.to_json(), "octet", importer::sources_key);

  core::AtomicFile text("emit", path), weights("emit", weights_path);
  try {
    ov::pass::Serialize(text.stream(), weights.stream()).run_on_model(graph);
  } catch (const ov::Exception& error) {
    if (text.stream() && weights.stream())
      throw Error(ErrorCode::output_unwritable, "emit", "file '" + path.string() + "'",
                  std::string("OpenVINO cannot write this model: ") + error.what(),
                  "Report it with the model, if you can share it");
    // The stream's own failure is what finish() reports.
  }
  weights.stream().flush();
  const std::string seal = core::seal_of(weights.temporary());
  weights.stream() << core::seal_for_weights(seal);
  text.stream() << core::seal_for_text(seal);
  weights.finish();
  text.finish();
  weights.commit();
  text.commit();
}

}  // namespace octet::emit

namespace octet {

void save(const Model& model, const std::filesystem::path& path) {
  emit::write_openvino_ir(model, path);
}

}  // namespace octet
