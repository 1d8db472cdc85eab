#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <openvino/core/model.hpp>

#include "octet/error.hpp"
#include "octet/export.hpp"

namespace octet {

/// Where a node of the `ov::Model` came from, in the user's words. Any field may be empty.
struct SourceInfo {
  std::string value_name;    ///< name of the value in the source, such as the FX name `conv2d_7`
  std::string module_path;   ///< `layer4.0.conv1`
  std::string module_class;  ///< `torch.nn.modules.conv.Conv2d`
  std::string op_type;       ///< operation in the source's words: `aten.conv2d.default`, `Conv`
  std::string source_line;   ///< `/path/resnet.py:98`

  bool operator==(const SourceInfo&) const = default;
};

/// Maps the friendly name of a node (unique in a loaded model) to its origin.
class OCTET_API SourceMap {
 public:
  void set(const std::string& friendly_name, SourceInfo info);
  /// Null where nothing is known.
  const SourceInfo* find(const std::string& friendly_name) const;
  const std::map<std::string, SourceInfo>& entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }

  /// `node 'layer4.0.conv1' (resnet.py:98)`: how errors and reports name a node.
  std::string describe(const std::string& friendly_name) const;

  std::string to_json() const;
  static SourceMap from_json(const std::string& text);

 private:
  std::map<std::string, SourceInfo> entries_;
};

/// A model in memory with its origin. Copies share the graph: no function of this library changes
/// the graph of a model that it is given.
struct Model {
  std::shared_ptr<ov::Model> graph;
  SourceMap sources;
  std::string format;  ///< "pt2", "onnx", "ir", "exported_program", "graph_module", "ov_model"
  std::string origin;  ///< file that it came from, or empty
  std::vector<Diagnostic> diagnostics;
};

/// Reads `.pt2`, `.onnx` or `.xml`. Friendly names come out unique. Throws `Error`.
OCTET_API Model load(const std::filesystem::path& path);

/// Takes a graph that is in memory already; weights are shared, not copied. The given graph is not
/// changed.
OCTET_API Model from_ov_model(std::shared_ptr<ov::Model> graph);

/// Writes OpenVINO IR (`.xml`, and `.bin` beside it). Both are written under temporary names and
/// renamed, the `.xml` last. Throws `Error`.
OCTET_API void save(const Model& model, const std::filesystem::path& path);

}  // namespace octet
