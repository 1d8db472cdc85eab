#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <openvino/core/partial_shape.hpp>
#include <openvino/core/type/element_type.hpp>
#include <openvino/runtime/tensor.hpp>

#include "octet/model.hpp"

/// The in-memory form of a torch.export program. The `.pt2` reader and the Python walker both
/// build it; the decoder lowers it.
namespace octet::importer::aten {

/// A symbolic integer: a known value, or the FX name of the node that computes it (`sym_size_int`).
struct SymInt {
  std::optional<std::int64_t> value;
  std::string name;  ///< used where `value` is unset
};

struct NoneValue {};
/// Reference to a tensor or symbolic value by its FX name.
struct ValueRef {
  std::string name;
};
/// torch.dtype, torch.layout, torch.device, torch.memory_format as torch's integer codes or text.
struct DtypeCode {
  int code = 0;  ///< c10::ScalarType
};
struct OptionalRefs {
  std::vector<std::optional<ValueRef>> items;  ///< `Tensor?[]`, as in index.Tensor
};

using Argument = std::variant<NoneValue, ValueRef, std::vector<ValueRef>, OptionalRefs, SymInt,
                              std::vector<SymInt>, double, std::vector<double>, bool,
                              std::vector<bool>, std::string, std::vector<std::string>, DtypeCode>;

struct NamedArgument {
  std::string name;  ///< the schema's argument name; positional ones are named by the builder
  Argument value;
};

/// What is known of a value before running: its element type and shape (dynamic where symbolic).
struct ValueMeta {
  ov::element::Type type = ov::element::dynamic;
  ov::PartialShape shape = ov::PartialShape::dynamic();
  bool is_tensor = true;  ///< false: a symbolic integer, float or bool
};

struct Value {
  std::string name;  ///< FX name; empty: the result is unused (None)
  ValueMeta meta;
};

struct Node {
  std::string target;  ///< `aten.conv2d.default`, `_operator.mul`, `aten.sym_size.int`
  std::vector<NamedArgument> arguments;
  std::vector<Value> outputs;
  bool output_is_list = false;  ///< one `Tensor[]` result whose items are `outputs`
  SourceInfo source;
};

struct Input {
  std::string name;       ///< FX placeholder name
  std::string user_name;  ///< name in the user's signature (`input_ids`), or the FX name
  ValueMeta meta;
};

/// A parameter, buffer or lifted constant. Several names may share one tensor (tied weights).
struct Weight {
  std::string name;            ///< FX placeholder name
  std::string qualified_name;  ///< `layer4.0.conv1.weight`
  ov::Tensor data;             ///< non-owning view is fine while `Program::owner` lives
};

struct Output {
  std::string name;       ///< FX name of the value; empty: None
  std::string user_name;  ///< path in the output's structure: `logits`, `0`, `hidden_states.3`
};

struct Program {
  std::vector<Input> inputs;
  std::vector<Weight> weights;
  std::vector<Node> nodes;
  std::vector<Output> outputs;  ///< user outputs, flattened; buffer mutations are left out
  std::vector<Diagnostic> diagnostics;
  std::string origin;           ///< file name, or empty
  std::string format = "pt2";   ///< as `Model::format`
  std::shared_ptr<void> owner;  ///< keeps mapped or borrowed weights alive
};

/// A node that has no conversion, and why.
struct UnsupportedNode {
  std::string value;  ///< FX name of its first result
  std::string target;
  std::string reason;
};

/// The error (unsupported_op) of a program some of whose nodes have no conversion. Nodes that read
/// what such a node computes may be refused only once it is gone.
class OCTET_API UnsupportedNodes : public Error {
 public:
  UnsupportedNodes(const std::string& where, const std::string& problem,
                   std::vector<UnsupportedNode> nodes)
      : Error(ErrorCode::unsupported_op, "import", where, problem,
              "Replace these operations in the model, or report them to Octet"),
        nodes_(std::move(nodes)) {}

  const std::vector<UnsupportedNode>& nodes() const noexcept { return nodes_; }

 private:
  std::vector<UnsupportedNode> nodes_;
};

/// Lowers to an `ov::Model`. Throws `UnsupportedNodes`, which lists every op that has no conversion
/// with module path and source line.
OCTET_API Model lower(const Program& program);

}  // namespace octet::importer::aten
