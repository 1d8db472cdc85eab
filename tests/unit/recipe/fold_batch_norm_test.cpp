#include <doctest/doctest.h>

#include <functional>

#include "algorithms/algorithm.hpp"
#include "recipe/apply.hpp"
#include "unit/recipe/graphs.hpp"

using namespace octet;
using namespace octet::test;
namespace op = ov::op;

namespace {

using Layer = std::function<std::shared_ptr<ov::Node>(Graph&, const ov::Output<ov::Node>&)>;

struct Kind {
  const char* name;
  ov::Shape input;
  Layer layer;  ///< gives 6 channels on axis 1
};

const ov::Strides one = {1, 1};
const ov::CoordinateDiff pad = {1, 1};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> rows = {
      {"convolution",
       {2, 4, 5, 5},
       [](Graph& g, const ov::Output<ov::Node>& x) {
         return convolution(g, "layer", x, g.constant("layer.weight", {6, 4, 3, 3}));
       }},
      {"grouped convolution",
       {2, 4, 5, 5},
       [](Graph& g, const ov::Output<ov::Node>& x) {
         return g.op<op::v1::GroupConvolution>(
             "layer", x, g.constant("layer.weight", {2, 3, 2, 3, 3}), one, pad, pad, one);
       }},
      {"depthwise convolution with a multiplier",
       {2, 3, 5, 5},
       [](Graph& g, const ov::Output<ov::Node>& x) {
         return g.op<op::v1::GroupConvolution>(
             "layer", x, g.constant("layer.weight", {3, 2, 1, 3, 3}), one, pad, pad, one);
       }},
      {"transposed convolution",
       {2, 4, 5, 5},
       [](Graph& g, const ov::Output<ov::Node>& x) {
         return g.op<op::v1::ConvolutionBackpropData>("layer", x,
                                                      g.constant("layer.weight", {4, 6, 3, 3}),
                                                      ov::Strides{2, 2}, pad, pad, one);
       }},
      {"grouped transposed convolution",
       {2, 4, 5, 5},
       [](Graph& g, const ov::Output<ov::Node>& x) {
         return g.op<op::v1::GroupConvolutionBackpropData>(
             "layer", x, g.constant("layer.weight", {2, 2, 3, 3, 3}), ov::Strides{2, 2}, pad, pad,
             one);
       }},
      {"matmul",
       {3, 4},
       [](Graph& g, const ov::Output<ov::Node>& x) {
         return g.op<op::v0::MatMul>("layer", x, g.constant("layer.weight", {4, 6}), false, false);
       }},
      {"matmul with a transposed weight",
       {3, 4},
       [](Graph& g, const ov::Output<ov::Node>& x) {
         return g.op<op::v0::MatMul>("layer", x, g.constant("layer.weight", {6, 4}), false, true);
       }},
      {"convolution whose weight is f16 and reshaped",
       {2, 4, 5, 5},
       [](Graph& g, const ov::Output<ov::Node>& x) {
         const auto half = std::make_shared<op::v0::Constant>(
             ov::element::f16, ov::Shape{6, 36}, g.constant("", {6, 36})->cast_vector<float>());
         half->set_friendly_name("layer.weight");
         const auto shape = op::v0::Constant::create(ov::element::i64, {4}, {6, 4, 3, 3});
         return convolution(g, "layer", x,
                            g.op<op::v1::Reshape>("layer.weight/reshape",
                                                  g.op<op::v0::Convert>("layer.weight/convert",
                                                                        half, ov::element::f32),
                                                  g.named(shape, "layer.weight/shape"), false));
       }},
  };
  return rows;
}

ov::Shape channels_of(const std::shared_ptr<ov::Node>& layer) {
  ov::Shape shape(layer->get_output_partial_shape(0).size(), 1);
  shape[1] = 6;
  return shape;
}

}  // namespace

TEST_CASE("a batch norm is folded into every kind of layer, with and without a bias") {
  for (const Kind& kind : kinds())
    for (const bool has_bias : {false, true}) {
      CAPTURE(kind.name);
      CAPTURE(has_bias);
      Graph g;
      const auto x = g.input("x", kind.input);
      std::shared_ptr<ov::Node> last = kind.layer(g, x);
      if (has_bias)
        last = g.op<op::v1::Add>("layer/add", last, g.constant("layer.bias", channels_of(last)));
      last = g.batch_norm("norm", last, 6);
      const Model model = g.model({g.op<op::v0::Relu>("relu", last)});
      const std::string before = fingerprint(model);

      const std::vector<Edit> edits = algorithms::fold_batch_norms(model);
      REQUIRE(edits.size() == 1);
      CHECK(std::get<FoldBatchNorm>(edits[0]).node == "norm");
      CHECK(std::get<FoldBatchNorm>(edits[0]).into == "layer");
      const Model folded = recipe::apply_edits(model, edits);
      CHECK(count<op::v5::BatchNormInference>(folded) == 0);
      CHECK(count<op::v1::Add>(folded) == 1);
      CHECK(find(folded, "layer.weight"));
      CHECK(find(folded, "layer"));
      const auto bias = find(folded, has_bias ? "layer/add" : "norm");
      REQUIRE(bias);
      CHECK(bias->output(0).get_names().count("norm") == 1);
      CHECK(folded.sources.find("layer"));
      CHECK(relative_error(infer(folded.graph)[0], infer(model.graph)[0]) < 1e-5);
      CHECK_MESSAGE(fingerprint(model) == before, "the given model was changed");
    }
}

TEST_CASE("a multiplication per channel is folded, and two biases become one") {
  Graph g;
  const auto conv =
      convolution(g, "conv", g.input("x", {1, 4, 5, 5}), g.constant("w", {6, 4, 3, 3}));
  const auto bias = g.op<op::v1::Add>("bias", conv, g.constant("b", {1, 6, 1, 1}));
  const auto scale = g.op<op::v1::Multiply>("scale", g.constant("s", {6, 1, 1}), bias);
  const auto shift = g.op<op::v1::Add>("shift", scale, g.constant("t", {1, 6, 1, 1}));
  const Model model = g.model({g.op<op::v0::Relu>("relu", shift)});

  const Model folded = recipe::apply_edits(model, algorithms::fold_batch_norms(model));
  CHECK(count<op::v1::Multiply>(folded) == 0);
  CHECK(count<op::v1::Add>(folded) == 1);
  CHECK(find(folded, "shift"));
  CHECK(relative_error(infer(folded.graph)[0], infer(model.graph)[0]) < 1e-5);
}

TEST_CASE("a multiplication and the batch norm behind it are both folded") {
  Graph g;
  const auto conv =
      convolution(g, "conv", g.input("x", {1, 4, 5, 5}), g.constant("w", {6, 4, 3, 3}));
  const auto scale = g.op<op::v1::Multiply>("scale", conv, g.constant("s", {1, 6, 1, 1}));
  const Model model = g.model({g.batch_norm("norm", scale, 6)});
  const std::vector<Edit> edits = algorithms::fold_batch_norms(model);
  CHECK(edits.size() == 2);
  const Model folded = recipe::apply_edits(model, edits);
  CHECK(relative_error(infer(folded.graph)[0], infer(model.graph)[0]) < 1e-5);
  CHECK(folded.graph->output(0).get_names().count("norm") == 1);
}

TEST_CASE("a module called twice goes on sharing its folded weight") {
  Graph g;
  const auto weight = g.constant("w", {4, 4, 3, 3});
  const auto first = convolution(g, "first", g.input("x", {1, 4, 5, 5}), weight);
  const auto gamma = g.constant("gamma", {4}), beta = g.constant("beta", {4}),
             mean = g.constant("mean", {4}), variance = g.constant("variance", {4}, 0.5F, 1);
  const auto norm = [&](const char* name, const ov::Output<ov::Node>& data) {
    return g.op<op::v5::BatchNormInference>(name, data, gamma, beta, mean, variance, 1e-5);
  };
  const auto second = convolution(g, "second", norm("norm_1", first), weight);
  const Model model = g.model({norm("norm_2", second)});
  const Model folded = recipe::apply_edits(model, algorithms::fold_batch_norms(model));
  CHECK(find(folded, "first")->get_input_node_ptr(1) ==
        find(folded, "second")->get_input_node_ptr(1));
  CHECK(relative_error(infer(folded.graph)[0], infer(model.graph)[0]) < 1e-5);
}

TEST_CASE("what cannot be folded is left alone") {
  const auto folds =
      [](const std::function<ov::OutputVector(Graph&, const ov::Output<ov::Node>&)>& rest) {
        Graph g;
        const auto conv =
            convolution(g, "conv", g.input("x", {1, 4, 5, 5}), g.constant("w", {6, 4, 3, 3}));
        return algorithms::fold_batch_norms(g.model(rest(g, conv))).size();
      };
  CHECK(folds([](Graph& g, auto x) { return ov::OutputVector{g.batch_norm("n", x, 6)}; }) == 1);
  SUBCASE("another consumer sees the layer's output") {
    CHECK(folds([](Graph& g, auto x) {
            return ov::OutputVector{g.batch_norm("n", x, 6), g.template op<op::v0::Relu>("r", x)};
          }) == 0);
  }
  SUBCASE("the multiplication is not per channel") {
    CHECK(folds([](Graph& g, auto x) {
            return ov::OutputVector{
                g.template op<op::v1::Multiply>("m", x, g.constant("s", {1, 1, 1, 5}))};
          }) == 0);
    CHECK(folds([](Graph& g, auto x) {
            return ov::OutputVector{
                g.template op<op::v1::Multiply>("m", x, g.constant("s", {2, 6, 1, 1}))};
          }) == 0);
  }
  SUBCASE("a variance that is not a number cannot be folded") {
    CHECK(folds([](Graph& g, auto x) {
            return ov::OutputVector{g.template op<op::v5::BatchNormInference>(
                "n", x, g.constant("a", {6}), g.constant("b", {6}), g.constant("c", {6}),
                g.constant("d", {6}, -3, -2), 1e-5)};
          }) == 0);
  }
}
