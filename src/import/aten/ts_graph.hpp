#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <openvino/core/any.hpp>
#include <openvino/core/node.hpp>
#include <openvino/core/partial_shape.hpp>
#include <openvino/op/constant.hpp>

/// A program as OpenVINO's PyTorch frontend reads it in its TorchScript spelling: operations such
/// as `aten::conv2d` on numbered values, every argument of the schema in its place, literals as
/// nodes of their own.
namespace octet::importer::aten {

using ValueId = std::size_t;

/// Builds OpenVINO nodes from already converted inputs; for operations that the frontend lacks.
using Build = std::function<ov::OutputVector(const ov::OutputVector& inputs)>;

struct TsNone {};
using TsLiteral = std::variant<std::monostate, TsNone, bool, std::int64_t, double, std::string,
                               std::vector<std::int64_t>, std::vector<double>, std::vector<bool>,
                               std::shared_ptr<ov::op::v0::Constant>>;

/// How the name of an operation begins that is left unconverted on purpose.
inline const std::string unconvertible_prefix = "unconvertible:";

/// How nodes that we convert ourselves are named to the frontend.
inline const std::string own_converter = "octet::convert";

constexpr std::size_t no_source = static_cast<std::size_t>(-1);

struct TsNode {
  std::string op;
  std::vector<ValueId> inputs, outputs;
  TsLiteral literal;   ///< of prim::Constant and prim::GetAttr
  Build build;         ///< our own converter, if any
  std::string fx_row;  ///< the row of the frontend's other table that converts it, if any
  std::size_t source = no_source;  ///< index in `Program::nodes`
};

struct TsValue {
  std::string name;
  ov::Any type = ov::element::dynamic;
  ov::PartialShape shape = ov::PartialShape::dynamic();
  bool is_none = false;
};

struct TsGraph {
  /// Value 0 is never used: the frontend gives it a meaning of its own.
  std::vector<TsValue> values = std::vector<TsValue>(1);
  std::vector<TsNode> nodes;
  std::vector<ValueId> inputs, outputs;

  ValueId add_value(TsValue value) {
    values.push_back(std::move(value));
    return values.size() - 1;
  }
};

}  // namespace octet::importer::aten
