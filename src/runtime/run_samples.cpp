#include "runtime/run_samples.hpp"

#include <algorithm>

#include "core/tensor_values.hpp"
#include "runtime/compile.hpp"

namespace octet::runtime {
namespace {

bool have_same_shapes(const std::vector<Tensors>& samples) {
  return std::ranges::all_of(samples, [&](const Tensors& sample) {
    return std::ranges::equal(sample, samples.front(), [](const auto& a, const auto& b) {
      return a.get_shape() == b.get_shape();
    });
  });
}

}  // namespace

SampleRunner::SampleRunner(const std::shared_ptr<const ov::Model>& graph,
                           std::vector<Tensors> samples, std::size_t threads)
    : samples_(std::move(samples)), has_state_(!graph->get_variables().empty()) {
  if (samples_.empty()) return;
  const std::size_t streams = std::min(threads == 0 ? most_streams() : threads, samples_.size());
  ov::CompiledModel compiled = compile_streams(
      have_same_shapes(samples_) ? fitted(graph, samples_.front()) : graph, streams);
  output_count_ = compiled.outputs().size();
  guarded("run the model", [&] {
    for (std::size_t i = 0; i < streams; ++i) requests_.push_back(compiled.create_infer_request());
  });
}

std::vector<Tensors> SampleRunner::run(const Tensors& rest, std::size_t count) {
  std::vector<Tensors> outputs(count);
  const std::size_t streams = requests_.size();
  guarded("run the model", [&] {
    const auto collect = [&](std::size_t sample) {
      ov::InferRequest& request = requests_[sample % streams];
      request.wait();
      for (std::size_t i = 0; i < output_count_; ++i)
        outputs[sample].push_back(core::copy_of(request.get_output_tensor(i)));
    };
    for (std::size_t sample = 0; sample < count; ++sample) {
      if (sample >= streams) collect(sample - streams);
      ov::InferRequest& request = requests_[sample % streams];
      std::size_t input = 0;
      for (const ov::Tensor& tensor : samples_[sample]) request.set_input_tensor(input++, tensor);
      for (const ov::Tensor& tensor : rest) request.set_input_tensor(input++, tensor);
      if (has_state_) request.reset_state();
      request.start_async();
    }
    for (std::size_t sample = count - std::min(streams, count); sample < count; ++sample)
      collect(sample);
  });
  return outputs;
}

std::vector<Tensors> run_samples(const std::shared_ptr<const ov::Model>& graph,
                                 const std::vector<Tensors>& samples, std::size_t threads) {
  return SampleRunner(graph, samples, threads).run();
}

}  // namespace octet::runtime
