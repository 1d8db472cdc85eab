#pragma once

#include <string>

#include <openvino/core/node.hpp>
#include <openvino/core/runtime_attribute.hpp>

namespace octet::importer::aten {

/// Rides on every OpenVINO node while the frontend converts and normalizes, to tell which node of
/// the program it came from. Removed once the names are given.
class Origin : public ov::RuntimeAttribute {
 public:
  OPENVINO_RTTI("octet_origin", "0");

  Origin(std::size_t source_index, std::string weight_name)
      : source(source_index), weight(std::move(weight_name)) {}

  std::size_t source;  ///< index in `Program::nodes`, or `no_source`
  std::string weight;  ///< qualified name, for a constant that holds a weight

  /// A node that a pass made of several keeps the latest one's origin: it computes that result.
  ov::Any merge(const ov::NodeVector& nodes) const override;
  bool is_copyable() const override { return true; }
};

/// Marks the node unless it is marked already.
void set_origin(const std::shared_ptr<ov::Node>& node, std::size_t source,
                const std::string& weight = {});
/// Null where unknown.
const Origin* origin_of(const ov::Node& node);
void clear_origin(ov::Node& node);

/// Marks every node between `inputs` and `outputs`.
void set_origin_between(const ov::OutputVector& inputs, const ov::OutputVector& outputs,
                        std::size_t source);

}  // namespace octet::importer::aten
