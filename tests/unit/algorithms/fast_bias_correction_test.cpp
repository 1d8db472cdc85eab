#include "algorithms/fast_bias_correction.hpp"

#include <doctest/doctest.h>

#include <functional>

#include "algorithms/mean_response.hpp"
#include "algorithms/min_max.hpp"
#include "recipe/apply.hpp"
#include "recipe/constants.hpp"
#include "unit/recipe/graphs.hpp"

using namespace octet;
using namespace octet::test;
namespace op = ov::op;

namespace {

struct Kind {
  const char* name;
  ov::Shape input, weight;
  std::size_t data_axis;
  std::vector<std::size_t> axes;  ///< output channels of the weight
  std::function<std::shared_ptr<ov::Node>(Graph&, const ov::Output<ov::Node>&,
                                          const ov::Output<ov::Node>&)>
      layer;
};

template <typename Op>
auto convolution_of(ov::Strides stride, ov::CoordinateDiff begin, ov::CoordinateDiff end,
                    ov::Strides dilation) {
  return [=](Graph& g, const ov::Output<ov::Node>& x, const ov::Output<ov::Node>& w) {
    return std::shared_ptr<ov::Node>(g.op<Op>("layer", x, w, stride, begin, end, dilation));
  };
}

std::shared_ptr<ov::Node> matmul(Graph& g, const ov::Output<ov::Node>& a,
                                 const ov::Output<ov::Node>& b, bool ta, bool tb) {
  return g.op<op::v0::MatMul>("layer", a, b, ta, tb);
}

const std::vector<Kind>& kinds() {
  using namespace ov;
  static const std::vector<Kind> rows = {
      {"convolution",
       {2, 3, 7, 6},
       {4, 3, 3, 3},
       1,
       {0},
       convolution_of<op::v1::Convolution>({1, 1}, {1, 1}, {1, 1}, {1, 1})},
      {"strided, dilated, unevenly padded",
       {2, 3, 9, 8},
       {4, 3, 3, 2},
       1,
       {0},
       convolution_of<op::v1::Convolution>({2, 1}, {2, 0}, {1, 3}, {2, 3})},
      {"one spatial dimension",
       {2, 3, 9},
       {4, 3, 5},
       1,
       {0},
       convolution_of<op::v1::Convolution>({2}, {2}, {2}, {1})},
      {"grouped",
       {2, 4, 6, 6},
       {2, 3, 2, 3, 3},
       1,
       {0, 1},
       convolution_of<op::v1::GroupConvolution>({1, 1}, {1, 1}, {0, 0}, {1, 1})},
      {"depthwise",
       {2, 4, 6, 6},
       {4, 1, 1, 3, 3},
       1,
       {0, 1},
       convolution_of<op::v1::GroupConvolution>({2, 2}, {1, 1}, {1, 1}, {1, 1})},
      {"transposed",
       {2, 3, 5, 4},
       {3, 4, 3, 3},
       1,
       {1},
       convolution_of<op::v1::ConvolutionBackpropData>({2, 2}, {1, 0}, {0, 1}, {1, 1})},
      {"grouped transposed",
       {2, 4, 5, 4},
       {2, 2, 3, 2, 3},
       1,
       {0, 2},
       convolution_of<op::v1::GroupConvolutionBackpropData>({1, 2}, {1, 0}, {0, 1}, {1, 1})},
      {"matmul",
       {2, 5, 6},
       {6, 4},
       2,
       {1},
       [](Graph& g, auto& x, auto& w) { return matmul(g, x, w, false, false); }},
      {"matmul, weight transposed",
       {5, 6},
       {4, 6},
       1,
       {0},
       [](Graph& g, auto& x, auto& w) { return matmul(g, x, w, false, true); }},
      {"matmul, both transposed",
       {2, 6, 5},
       {4, 6},
       1,
       {0},
       [](Graph& g, auto& x, auto& w) { return matmul(g, x, w, true, true); }},
      {"matmul, weight on the left",
       {2, 6, 5},
       {4, 6},
       1,
       {0},
       [](Graph& g, auto& x, auto& w) { return matmul(g, w, x, false, false); }},
  };
  return rows;
}

struct Built {
  Model model;
  scheme::Placement placement;
};

Built build(const Kind& kind, bool has_bias) {
  Graph g;
  const auto x = g.input("x", kind.input);
  std::shared_ptr<ov::Node> last = kind.layer(g, x, g.constant("w", kind.weight));
  const recipe::WeightedOp op = recipe::weighted_op(*last).value();
  scheme::Placement placement;
  placement.weights = {{{"layer", op.weight_port},
                        "w",
                        {8, QuantizationMode::symmetric, true, true, true},
                        kind.axes,
                        false}};
  if (has_bias)
    last = g.op<op::v1::Add>(
        "bias", last,
        g.constant("b", recipe::channel_shape(op.rank, op.output_axis, op.output_channels)));
  return {g.model({last}), placement};
}

std::vector<Edit> edits_of(const Built& built, const std::vector<double>& means,
                           const QuantizeOptions& options) {
  const algorithms::Context context{built.model, built.placement, options};
  algorithms::MinMax min_max;
  algorithms::FastBiasCorrection correction;
  statistics::Requests requests;
  min_max.request(context, requests);
  correction.request(context, requests);
  statistics::Results results;
  results.channel_means = {means};
  std::vector<Edit> edits;
  std::vector<Diagnostic> diagnostics;
  min_max.run(context, results, edits, diagnostics);
  correction.run(context, results, edits, diagnostics);
  return edits;
}

/// Runs `graph` on `input`.
std::vector<float> run(const std::shared_ptr<ov::Model>& graph, const std::vector<float>& input) {
  ov::Core core;
  auto request = core.compile_model(graph, "CPU", {{"INFERENCE_PRECISION_HINT", "f32"}})
                     .create_infer_request();
  ov::Tensor tensor(ov::element::f32, graph->input().get_shape());
  std::copy(input.begin(), input.end(), tensor.data<float>());
  request.set_input_tensor(tensor);
  request.infer();
  const ov::Tensor output = request.get_output_tensor();
  return {output.data<float>(), output.data<float>() + output.get_size()};
}

std::vector<double> channel_means(const std::vector<float>& values, const ov::Shape& shape,
                                  std::size_t axis) {
  std::size_t inner = 1;
  for (std::size_t i = axis + 1; i < shape.size(); ++i) inner *= shape[i];
  std::vector<double> sums(shape[axis], 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) sums[i / inner % shape[axis]] += values[i];
  for (double& sum : sums) sum *= static_cast<double>(shape[axis]) / values.size();
  return sums;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

QuantizeOptions everywhere() {
  QuantizeOptions options;
  options.advanced.bias_correction_params.apply_for_all_nodes = true;
  return options;
}

}  // namespace

TEST_CASE("the correction takes back the mean error that brute force measures") {
  for (const Kind& kind : kinds())
    for (const bool has_bias : {false, true}) {
      CAPTURE(kind.name);
      CAPTURE(has_bias);
      const Built built = build(kind, has_bias);
      // One value a channel: the closed form is then exact, padding included.
      std::vector<double> means;
      for (std::size_t c = 0; c < kind.input[kind.data_axis]; ++c)
        means.push_back(0.5 + 0.75 * static_cast<double>(c));
      std::size_t inner = 1;
      for (std::size_t i = kind.data_axis + 1; i < kind.input.size(); ++i) inner *= kind.input[i];
      std::vector<float> input(ov::shape_size(kind.input));
      for (std::size_t i = 0; i < input.size(); ++i)
        input[i] = static_cast<float>(means[i / inner % means.size()]);

      std::vector<Edit> edits = edits_of(built, means, everywhere());
      REQUIRE(edits.size() == 2);
      const auto output_means = [&](const Model& model) {
        const auto op = recipe::weighted_op(*find(built.model, "layer")).value();
        return channel_means(run(model.graph, input), model.graph->output().get_shape(),
                             op.output_axis);
      };
      const std::vector<double> expected = output_means(built.model);
      const double corrected =
          largest_difference(output_means(recipe::apply_edits(built.model, edits)), expected);
      edits.pop_back();
      const double plain =
          largest_difference(output_means(recipe::apply_edits(built.model, edits)), expected);
      CHECK(plain > 1e-3);
      CHECK(corrected < 1e-5);
    }
}

TEST_CASE("on varied data the correction removes most of the mean error") {
  for (const Kind& kind : kinds()) {
    CAPTURE(kind.name);
    const Built built = build(kind, true);
    std::mt19937 random(3);
    std::uniform_real_distribution<float> values(0, 2);
    std::vector<float> input(ov::shape_size(kind.input));
    for (float& value : input) value = values(random);
    std::vector<Edit> edits =
        edits_of(built, channel_means(input, kind.input, kind.data_axis), everywhere());
    const auto error = [&](const std::vector<Edit>& some) {
      const auto op = recipe::weighted_op(*find(built.model, "layer")).value();
      const auto means = [&](const Model& model) {
        return channel_means(run(model.graph, input), model.graph->output().get_shape(),
                             op.output_axis);
      };
      return largest_difference(means(recipe::apply_edits(built.model, some)), means(built.model));
    };
    const double corrected = error(edits);
    edits.pop_back();
    CHECK(corrected < 0.6 * error(edits));
  }
}

TEST_CASE("a zero in a bias does not stop the correction, and a threshold works by channel") {
  Graph g;
  const auto conv =
      convolution(g, "layer", g.input("x", {1, 3, 6, 6}), g.constant("w", {4, 3, 3, 3}));
  const auto bias =
      op::v0::Constant::create<float>(ov::element::f32, {1, 4, 1, 1}, {0, 1e-3F, 0, 2e-3F});
  scheme::Placement placement;
  placement.weights = {
      {{"layer", 1}, "w", {8, QuantizationMode::symmetric, true, true, true}, {0}, false}};
  const Built built{g.model({g.op<op::v1::Add>("bias", conv, g.named(bias, "b"))}), placement};
  const std::vector<double> means = {1.0, 2.0, 3.0};
  const auto shift_of = [&](const QuantizeOptions& options) {
    return std::get<ShiftBias>(edits_of(built, means, options).at(1)).shift;
  };
  const std::vector<float> all = shift_of({});
  for (const float value : all) CHECK(value != 0);

  std::vector<float> sizes;
  for (const float value : all) sizes.push_back(std::abs(value));
  std::sort(sizes.begin(), sizes.end());
  QuantizeOptions options;
  options.advanced.bias_correction_params.threshold = (sizes[1] + sizes[2]) / 2 / 2e-3;
  const std::vector<float> some = shift_of(options);
  for (std::size_t c = 0; c < 4; ++c)
    CHECK(some[c] == (std::abs(all[c]) <= sizes[1] ? all[c] : 0.0F));
}

TEST_CASE("a layer without a bias gets one only where the error is worth it") {
  const auto shifts = [](const QuantizeOptions& options, bool is_exact) {
    Graph g;
    const auto x = g.input("x", {1, 2, 6, 6});
    // Weights that are codes already have no rounding error to speak of.
    const auto weight =
        is_exact
            ? op::v0::Constant::create<float>(ov::element::f32, {1, 2, 1, 1}, {127.0F, 64.00001F})
            : op::v0::Constant::create<float>(ov::element::f32, {1, 2, 1, 1}, {127.0F, 0.4F});
    const auto conv = g.op<op::v1::Convolution>("layer", x, g.named(weight, "w"), ov::Strides{1, 1},
                                                ov::CoordinateDiff{0, 0}, ov::CoordinateDiff{0, 0},
                                                ov::Strides{1, 1});
    scheme::Placement placement;
    placement.weights = {
        {{"layer", 1}, "w", {8, QuantizationMode::symmetric, true, true, true}, {0}, false}};
    return edits_of({g.model({conv}), placement}, {0.1, 5.0}, options).size() - 1;
  };
  CHECK(shifts({}, false) == 1);
  CHECK(shifts({}, true) == 0);
  CHECK(shifts(everywhere(), true) == 1);
}

TEST_CASE("the pipeline has bias correction unless it is switched off") {
  QuantizeOptions options;
  const auto names = [&] {
    std::vector<std::string> found;
    for (const auto& step : algorithms::pipeline(options)) found.emplace_back(step->name());
    return found;
  };
  CHECK(names() == std::vector<std::string>{"min_max", "fast_bias_correction"});
  options.advanced.disable_bias_correction = true;
  CHECK(names() == std::vector<std::string>{"min_max"});
}
