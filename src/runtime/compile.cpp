#include "runtime/compile.hpp"

#include <algorithm>
#include <map>

#include <openvino/runtime/properties.hpp>

#include "core/text.hpp"
#include "runtime/core.hpp"
#include "runtime/inputs.hpp"

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

Subject subject_of(const Model& model, const RunOptions& options) {
  const Sample sample =
      options.example ? *options.example : random_samples(model.graph, 1)->next().value();
  Subject subject{model.graph, bind_inputs(*model.graph, sample, "the example")};
  if (!model.graph->is_dynamic()) return subject;
  const auto clone = model.graph->clone();
  std::map<ov::Output<ov::Node>, ov::PartialShape> shapes;
  for (std::size_t i = 0; i < subject.inputs.size(); ++i)
    shapes[clone->input(i)] = subject.inputs[i].get_shape();
  try {
    clone->reshape(shapes);
  } catch (const ov::Exception&) {
    return subject;  // the plugin then takes shapes as they come
  }
  subject.graph = clone;
  return subject;
}

}  // namespace octet::runtime
