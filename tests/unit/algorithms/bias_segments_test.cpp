#include "algorithms/bias_segments.hpp"

#include <doctest/doctest.h>

#include "runtime/run_samples.hpp"
#include "unit/api/models.hpp"

using namespace octet;
using namespace octet::tests;

namespace {

/// Seven layers one after the other, with a way around two of them.
Model deep() {
  test::Graph g;
  ov::Output<ov::Node> x = g.input("x", {1, 4, 6, 6}), before;
  for (int i = 0; i < 7; ++i) {
    const std::string name = "conv" + std::to_string(i);
    if (i == 2) before = x;
    x = test::convolution(g, name, x, g.constant(name + "/w", {4, 4, 3, 3}, -0.3F, 0.3F));
    if (i != 5) x = g.op<ov::op::v1::Add>(name + "/add", x, g.constant(name + "/b", {1, 4, 1, 1}));
    x = g.op<ov::op::v0::Relu>(name + "/relu", x);
    if (i == 4)
      x = g.op<ov::op::v1::Add>(
          "sum", x,
          g.op<ov::op::v1::MaxPool>("pool", before, ov::Strides{1, 1}, ov::Shape{1, 1},
                                    ov::Shape{1, 1}, ov::Shape{3, 3}));
  }
  return g.model({x});
}

}  // namespace

TEST_CASE("the parts together compute what the whole does, shifts included") {
  const Model model = deep();
  std::set<std::string> wanted;
  for (int i = 0; i < 7; ++i) wanted.insert("conv" + std::to_string(i));
  const auto sample = noise({1, 4, 6, 6}, 1);
  // The whole, by hand: 0.5 more on all channels of every layer.
  const auto whole = model.graph->clone();
  ov::ResultVector results;
  for (const auto& node : whole->get_ordered_ops()) {
    if (wanted.count(node->get_friendly_name()) == 0) continue;
    const auto layer = algorithms::bias_layer_at(node).value();
    const auto readers = layer.output.get_target_inputs();
    const auto more = std::make_shared<ov::op::v1::Add>(
        layer.output, ov::op::v0::Constant::create(ov::element::f32, {}, {0.5}));
    for (ov::Input<ov::Node> reader : readers) reader.replace_source_output(more);
    results.push_back(std::make_shared<ov::op::v0::Result>(more));
  }
  const auto expected = runtime::run_samples(
      std::make_shared<ov::Model>(results, whole->get_parameters()), {{sample}}, 1)[0];

  const auto graph = model.graph->clone();
  const auto segments = algorithms::bias_segments(graph, wanted);
  CHECK(segments.size() == 3);  // seven levels, of which three make a part
  std::map<ov::Output<ov::Node>, ov::Tensor> values{
      {graph->get_parameters()[0]->output(0), sample}};
  std::size_t layer = 0;
  for (const auto& segment : segments) {
    runtime::Tensors inputs;
    for (const auto& tensor : segment.reads) inputs.push_back(values.at(tensor));
    for (std::size_t i = 0; i < segment.layers.size(); ++i) {
      inputs.emplace_back(ov::element::f32, ov::Shape{1, 4, 1, 1});
      std::fill_n(inputs.back().data<float>(), 4, 0.5F);
    }
    const auto found = runtime::run_samples(segment.graph, {inputs}, 1)[0];
    REQUIRE(found.size() == segment.layers.size() + segment.writes.size());
    for (std::size_t i = 0; i < segment.layers.size(); ++i, ++layer) {
      CHECK(segment.layers[i].node == "conv" + std::to_string(layer));
      CHECK(segment.levels[i] == layer);
      for (std::size_t c = 0; c < 4; ++c) {
        double mean = 0;
        for (std::size_t at = 0; at < 36; ++at)
          mean += expected[layer].data<float>()[36 * c + at] / 36.0;
        CHECK(found[i].data<float>()[c] == doctest::Approx(mean).epsilon(1e-4));
      }
    }
    for (std::size_t i = 0; i < segment.writes.size(); ++i)
      values[segment.writes[i]] = found[segment.layers.size() + i];
  }
  CHECK(layer == 7);
}
