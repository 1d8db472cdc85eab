#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "import/aten/program.hpp"
#include "import/aten/schema.hpp"
#include "import/aten/ts_graph.hpp"

namespace octet::importer::aten {

/// The conversions that the frontend has, by name.
struct FrontendTables {
  std::set<std::string, std::less<>> ts;  ///< `aten::conv2d`
  std::set<std::string, std::less<>> fx;  ///< `aten.conv2d.default`
};
const FrontendTables& frontend_tables();

/// Thrown by a rule that cannot convert a node; collected, so that all are listed at once.
struct Unsupported {
  std::string reason;
};

/// What lowering knows while it walks the program.
struct LoweringState {
  TsGraph graph;
  std::unordered_map<std::string, ValueId> ids;  ///< by FX name
  std::unordered_map<std::string, ValueMeta> metas;
  std::set<std::string> read;  ///< FX names that some node or output reads
  ValueId none = 0;
};

/// Writes the TorchScript nodes of one node of the program. Rules of the op tables use it.
class Emitter {
 public:
  Emitter(LoweringState& state, const Node& node, std::size_t source);

  const Node& node() const { return node_; }
  const Schema* schema() const { return schema_; }

  /// The argument as given, or null where left out.
  const Argument* given(std::string_view name) const;
  /// The argument, or its default, as a value. Throws `Unsupported` where it is missing.
  ValueId argument(std::string_view name);
  /// All arguments in the schema's order, or as given where no schema is known.
  std::vector<ValueId> arguments();

  bool is_none(std::string_view name) const;  ///< left out with default None, or None
  /// Literal arguments (given or default). Throw `Unsupported` where the argument is another thing.
  std::int64_t integer(std::string_view name) const;
  double number(std::string_view name) const;
  bool boolean(std::string_view name) const;
  std::string text(std::string_view name) const;
  std::vector<std::int64_t> integers(std::string_view name) const;
  /// Type and shape of a tensor argument, dynamic where unknown.
  ValueMeta meta(std::string_view argument_name) const;
  ValueMeta meta_of(const ValueRef& value) const;

  ValueId none() const { return state_.none; }
  ValueId constant(TsLiteral literal);
  ValueId list(std::vector<ValueId> items);
  ValueId value_of(const Argument& argument, const SchemaArgument* schema);
  /// The value itself. Throws `Unsupported` where it is None.
  ValueId tensor(const ValueRef& value) const;

  /// A helper node with one result.
  ValueId emit(std::string op, std::vector<ValueId> inputs);
  ValueId emit(Build build, std::vector<ValueId> inputs);
  /// A node whose results are the program node's.
  void finish(std::string op, std::vector<ValueId> inputs);
  void finish(Build build, std::vector<ValueId> inputs);
  /// A row of the frontend's other table.
  void finish_fx(std::string row, std::vector<ValueId> inputs);
  /// The result `index` is the same value as `value`.
  void alias(ValueId value, std::size_t index = 0);

  /// Leaves the node in the graph as an unknown operation.
  void refuse();

  [[noreturn]] void unsupported(std::string reason) const { throw Unsupported{std::move(reason)}; }

 private:
  ValueId reference(const std::string& name) const;
  ValueId from_default(const SchemaArgument& argument);
  TsNode& append(std::string op, std::vector<ValueId> inputs);
  std::vector<ValueId> bind_results();
  /// Leaves out results at the end that nothing reads: a converter need not give them.
  std::vector<ValueId> bind_read_results();
  const SchemaArgument* schema_argument(std::string_view name) const;

  LoweringState& state_;
  const Node& node_;
  const Schema* schema_;
  std::size_t source_;
};

/// How one operator is lowered.
using Rule = void (*)(Emitter&);
/// Its conversion, where that is a formula of its arguments.
using Formula = ov::OutputVector (*)(const ov::OutputVector& inputs);

/// One row an operator: a rule, or a formula of the named arguments, or the frontend's conversion
/// of another operator that takes the named arguments.
struct OpRow {
  std::string_view target;  ///< `aten.to.dtype`, or `aten.to` for all overloads
  Rule rule = nullptr;
  Formula formula = nullptr;
  std::string_view same_as = {};    ///< `aten::div`
  std::string_view arguments = {};  ///< names, space between; empty: the schema's order
};

/// Lowers the node: by the row of its whole target, else by that of its operator, else by the
/// schema's layout and the frontend's conversion. Throws `Unsupported`.
void lower_node(Emitter& emitter);

std::span<const OpRow> symbolic_rows();    ///< symbolic integers, assertions
std::span<const OpRow> identity_rows();    ///< operators that change no value, type conversions
std::span<const OpRow> functional_rows();  ///< core-ATen spelling that torch.compile gives
std::span<const OpRow> elementwise_rows();
std::span<const OpRow> linear_rows();     ///< products, norms, layers
std::span<const OpRow> shape_rows();      ///< reductions, diagonals, broadcasts
std::span<const OpRow> list_rows();       ///< split, chunk, unbind
std::span<const OpRow> recurrent_rows();  ///< single steps of recurrent layers
std::span<const OpRow> index_rows();      ///< writing by index
std::span<const OpRow> quantized_rows();  ///< quantize, dequantize

/// Ends what keeps integer weights from being folded into floating point while a model is
/// converted.
void release_integers(const std::shared_ptr<ov::Model>& model);

/// Rule of operators without a row: the schema's layout, the frontend's conversion.
void lower_by_schema(Emitter& emitter);

}  // namespace octet::importer::aten
