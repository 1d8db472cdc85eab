#include "runtime/compile.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <openvino/core/preprocess/pre_post_process.hpp>
#include <openvino/runtime/properties.hpp>

#include "core/input_shape.hpp"
#include "core/text.hpp"
#include "runtime/core.hpp"

namespace octet::runtime {
namespace {

ov::AnyMap properties_of(const RunOptions& options) {
  ov::AnyMap properties;
  static const std::vector<std::string> precisions = {"auto", "f32", "bf16", "f16"};
  if (std::ranges::find(precisions, options.precision) == precisions.end())
    throw Error(ErrorCode::invalid_argument, "runtime", "option 'precision'",
                "'" + options.precision + "' is none of " + core::join(precisions, ", "),
                "Did you mean '" + core::nearest(options.precision, precisions, 1)[0] + "'?");
  if (options.precision != "auto")
    properties.insert(ov::hint::inference_precision(ov::element::Type(options.precision)));
  if (options.threads != 0)
    properties.insert(ov::inference_num_threads(static_cast<std::int32_t>(options.threads)));
  for (const auto& [key, value] : options.config) properties[key] = value;
  return properties;
}

}  // namespace

ov::CompiledModel compile(const std::shared_ptr<const ov::Model>& graph, const RunOptions& options,
                          const ov::AnyMap& extra) {
  ov::AnyMap properties = properties_of(options);
  properties.insert(extra.begin(), extra.end());
  return guarded("compile the model",
                 [&] { return core().compile_model(graph, options.device, properties); });
}

std::shared_ptr<const ov::Model> with_static_shapes(const std::shared_ptr<ov::Model>& graph) {
  if (!graph->is_dynamic()) return graph;
  std::map<ov::Output<ov::Node>, ov::PartialShape> shapes;
  const auto clone = graph->clone();
  for (const auto& parameter : clone->get_parameters())
    shapes[parameter->output(0)] = core::example_shape(parameter->get_partial_shape());
  try {
    clone->reshape(shapes);
  } catch (const ov::Exception&) {
    return graph;  // the plugin then takes shapes as they come
  }
  return clone;
}

}  // namespace octet::runtime
