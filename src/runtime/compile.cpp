#include "runtime/compile.hpp"

#include <algorithm>
#include <map>
#include <thread>

#include <openvino/runtime/properties.hpp>

#include "core/memory.hpp"
#include "core/text.hpp"
#include "runtime/core.hpp"
#include "runtime/inputs.hpp"

namespace octet::runtime {
namespace {

/// Throws `Error` naming the nearest device where there is none of this name.
void check_device(const std::string& device) {
  static const std::vector<std::string> known = [] {
    std::vector<std::string> names = core().get_available_devices();
    for (const char* of_devices : {"AUTO", "HETERO", "MULTI", "BATCH"})
      names.emplace_back(of_devices);
    return names;
  }();
  const std::string family = device.substr(0, device.find_first_of(":."));
  const auto is_known = [&](const std::string& name) {
    return name.substr(0, name.find('.')) == family;
  };
  if (std::ranges::any_of(known, is_known)) return;
  throw Error(ErrorCode::invalid_argument, "runtime", "option 'device'",
              "there is no device '" + device + "' here, only " + core::join_words(known),
              "Did you mean '" + core::nearest(device, known, 1)[0] + "'?");
}

/// Throws `Error` naming the nearest property where the device has none of this name to set.
void check_properties(const std::string& device, const std::map<std::string, std::string>& config) {
  if (config.empty()) return;
  // These are of OpenVINO itself, whatever the device.
  std::vector<std::string> known = {ov::cache_dir.name(), ov::cache_mode.name()};
  const auto properties = guarded("list the properties of the device", [&] {
    return core().get_property(device, ov::supported_properties);
  });
  for (const ov::PropertyName& property : properties)
    if (property.is_mutable() && property != ov::weights_path.name()) known.push_back(property);
  for (const auto& [name, value] : config)
    if (std::ranges::find(known, name) == known.end())
      throw Error(ErrorCode::invalid_argument, "runtime", "option 'config'",
                  "the device '" + device + "' has no property '" + name + "' to set",
                  "Did you mean '" + core::nearest(name, known, 1)[0] + "'?");
}

ov::AnyMap properties_of(const RunOptions& options) {
  ov::AnyMap properties;
  static const std::vector<std::string> precisions = {"auto", "f32", "bf16", "f16"};
  if (std::ranges::find(precisions, options.precision) == precisions.end())
    throw Error(ErrorCode::invalid_argument, "runtime", "option 'precision'",
                "'" + options.precision + "' is none of " + core::join(precisions, ", "),
                "Did you mean '" + core::nearest(options.precision, precisions, 1)[0] + "'?");
  check_device(options.device);
  check_properties(options.device, options.config);
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
  // Those that infer, and a few of its own.
  octet::core::require_room_for_threads(2 * std::thread::hardware_concurrency() + 6, "runtime",
                                        "compile the model");
  return guarded("compile the model",
                 [&] { return core().compile_model(graph, options.device, properties); });
}

std::size_t most_streams() {
  return std::get<1>(core().get_property("CPU", ov::range_for_streams));
}

ov::CompiledModel compile_streams(const std::shared_ptr<const ov::Model>& graph,
                                  std::size_t streams) {
  RunOptions options;
  options.precision = "f32";
  options.threads = streams;
  return compile(graph, options, {ov::num_streams(static_cast<std::int32_t>(streams))});
}

std::shared_ptr<const ov::Model> fitted(const std::shared_ptr<const ov::Model>& graph,
                                        const std::vector<ov::Tensor>& inputs) {
  if (!graph->is_dynamic()) return graph;
  const auto clone = graph->clone();
  std::map<ov::Output<ov::Node>, ov::PartialShape> shapes;
  for (std::size_t i = 0; i < inputs.size(); ++i) shapes[clone->input(i)] = inputs[i].get_shape();
  try {
    clone->reshape(shapes);
  } catch (const ov::Exception&) {
    return graph;
  }
  return clone;
}

Subject subject_of(const Model& model, const RunOptions& options) {
  const Sample sample =
      options.example ? *options.example : random_samples(model.graph, 1)->next().value();
  std::vector<ov::Tensor> inputs = bind_inputs(*model.graph, sample, "the example");
  std::shared_ptr<const ov::Model> graph = fitted(model.graph, inputs);
  return {std::move(graph), std::move(inputs)};
}

}  // namespace octet::runtime
