// Quantizes a small convolutional model through the installed package, and compares what it
// computes with what the model computed before.

#include <cmath>
#include <iostream>
#include <memory>
#include <random>
#include <vector>

#include <octet/octet.hpp>
#include <openvino/opsets/opset13.hpp>

namespace {

namespace op = ov::opset13;
constexpr std::size_t channels = 8, size = 16;

std::vector<float> noise(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random() % 2001) / 1000.0f - 1.0f;
  return values;
}

octet::Model make_model() {
  const auto input = std::make_shared<op::Parameter>(ov::element::f32, ov::Shape{1, 3, size, size});
  const auto weight =
      op::Constant::create(ov::element::f32, ov::Shape{channels, 3, 3, 3}, noise(channels * 27, 1));
  const auto convolution =
      std::make_shared<op::Convolution>(input, weight, ov::Strides{1, 1}, ov::CoordinateDiff{1, 1},
                                        ov::CoordinateDiff{1, 1}, ov::Strides{1, 1});
  convolution->set_friendly_name("convolution");
  const auto relu = std::make_shared<op::Relu>(convolution);
  return octet::from_ov_model(
      std::make_shared<ov::Model>(ov::OutputVector{relu}, ov::ParameterVector{input}));
}

octet::Sample make_sample(unsigned seed) {
  ov::Tensor tensor(ov::element::f32, ov::Shape{1, 3, size, size});
  const std::vector<float> values = noise(tensor.get_size(), seed);
  std::copy(values.begin(), values.end(), tensor.data<float>());
  return octet::Sample{{{"", tensor}}};
}

}  // namespace

int main() {
  const octet::Model model = make_model();
  std::vector<octet::Sample> samples;
  for (unsigned seed = 2; seed < 10; ++seed) samples.push_back(make_sample(seed));
  const auto data = octet::in_memory(samples);
  const octet::QuantizeResult result = octet::quantize(model, *data);

  std::size_t int8_layers = 0;
  for (const octet::ExecutedLayer& layer : octet::executed_layers(result.model))
    int8_layers += layer.type == "Convolution" && octet::is_int8(layer.precision);
  const auto again = octet::in_memory(samples);
  const octet::Comparison comparison = octet::compare(model, result.model, *again, samples.size());
  std::cout << "octet " << octet::version() << ": " << int8_layers
            << " convolution runs on integers, cosine similarity "
            << comparison.outputs.at(0).cosine << "\n";
  return int8_layers == 1 && comparison.outputs.at(0).cosine > 0.99 ? 0 : 1;
}
