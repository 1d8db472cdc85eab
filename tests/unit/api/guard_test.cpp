#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "octet/quantize.hpp"
#include "octet/runtime.hpp"
#include "unit/api/models.hpp"

using namespace octet;
using namespace octet::test;
namespace op = ov::op;

namespace {

std::unique_ptr<Dataset> data() {
  return tests::items(tests::noises({1, tests::tokens, tests::width}, 8));
}

QuantizeResult quantized(const Model& model, OnCollapse on_collapse, std::size_t threads = 0) {
  QuantizeOptions options;
  options.subset_size = 8;
  options.threads = threads;
  options.on_collapse = on_collapse;
  return quantize(model, *data(), options);
}

const Diagnostic* find(const QuantizeResult& result, const std::string& code) {
  const auto found = std::ranges::find(result.diagnostics, code, &Diagnostic::code);
  return found == result.diagnostics.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("a collapse is told, with the layer that makes it and what would help") {
  const Model model = tests::with_outlier();
  const QuantizeResult result = quantized(model, OnCollapse::warn);
  CHECK(result.verdict.level == Verdict::Level::collapsed);
  CHECK(result.verdict.samples == 4);
  REQUIRE(result.verdict.outputs.size() == 1);
  CHECK(result.verdict.outputs[0].sqnr_db < 6);
  REQUIRE_FALSE(result.verdict.layers.empty());
  CHECK(result.verdict.layers[0].node == "second");
  // The first layer reads plain noise and is not to blame.
  for (const LayerError& layer : result.verdict.layers)
    if (layer.node == "first") CHECK(layer.sqnr_db > 25);
  const Diagnostic* said = find(result, "accuracy_collapsed");
  REQUIRE(said);
  CHECK(said->severity == Diagnostic::Severity::warning);
  CHECK(said->message.find("made in node 'second'") != std::string::npos);
  // SmoothQuant would help too, but less, and needlessly once the layer is left out.
  CHECK(said->remedy.starts_with("Say ignored_scope.names=[second]: "));

  // The remedy does what it promises.
  QuantizeOptions options;
  options.subset_size = 8;
  options.ignored_scope.names = {"second"};
  const QuantizeResult helped = quantize(model, *data(), options);
  CHECK(helped.verdict.level == Verdict::Level::good);
  CHECK(helped.verdict.layers.empty());
  CHECK(helped.verdict.remedy.empty());
  CHECK(find(helped, "accuracy_good")->severity == Diagnostic::Severity::note);
}

TEST_CASE("a collapse raises or reverts where that is wanted") {
  const Model model = tests::with_outlier();
  try {
    quantized(model, OnCollapse::raise);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::accuracy_collapsed);
    CHECK(error.remedy().find("ignored_scope.names=[second]") != std::string::npos);
  }
  const QuantizeResult reverted = quantized(model, OnCollapse::revert);
  CHECK(reverted.recipe.edits.empty());
  CHECK(reverted.verdict.level == Verdict::Level::collapsed);
  CHECK(count<op::v0::FakeQuantize>(reverted.model) == 0);
  for (const LayerDecision& layer : reverted.layers) CHECK(layer.precision == "float");
  CHECK(infer(reverted.model.graph) == infer(model.graph));

  const QuantizeResult ignored = quantized(model, OnCollapse::ignore);
  CHECK(ignored.verdict.level == Verdict::Level::unchecked);
  CHECK_FALSE(ignored.recipe.edits.empty());
  CHECK_FALSE(find(ignored, "accuracy_collapsed"));
}

TEST_CASE("the verdict does not depend on threads") {
  const auto all = [](const QuantizeResult& result) {
    std::vector<double> numbers = {result.verdict.outputs.at(0).sqnr_db,
                                   result.verdict.outputs.at(0).cosine,
                                   result.verdict.remedy_sqnr_db};
    for (const LayerError& layer : result.verdict.layers) numbers.push_back(layer.sqnr_db);
    return numbers;
  };
  const Model model = tests::with_outlier();
  const auto one = all(quantized(model, OnCollapse::warn, 1));
  CHECK(all(quantized(model, OnCollapse::warn, 2)) == one);
  CHECK(all(quantized(model, OnCollapse::warn, 3)) == one);
}

TEST_CASE("a model that keeps its accuracy is told to be good") {
  Graph g;
  const auto conv =
      convolution(g, "conv", g.input("x", {1, 4, 8, 8}), g.constant("w", {6, 4, 3, 3}));
  const Model model = g.model({conv});
  QuantizeOptions options;
  options.subset_size = 8;
  const QuantizeResult result =
      quantize(model, *tests::items(tests::noises({1, 4, 8, 8}, 8)), options);
  CHECK(result.verdict.level == Verdict::Level::good);
  CHECK(result.verdict.outputs.at(0).name == "conv");
  CHECK(result.verdict.outputs.at(0).sqnr_db > 30);
  CHECK(to_string(result.verdict).rfind("good: INT8 against FP32 on 4 samples: SQNR ", 0) == 0);
  CHECK(result.stage_seconds.count("guard") == 1);
  CHECK(result.stage_seconds.count("remedies") == 0);
}
