#include "octet/accuracy_control.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "octet/diagnose.hpp"
#include "search/metrics_file.hpp"
#include "search/without_layers.hpp"
#include "unit/api/models.hpp"

using namespace octet;
using namespace octet::tests;

namespace {

QuantizeOptions options_for(std::size_t samples) {
  QuantizeOptions options;
  options.subset_size = samples;
  return options;
}

/// How alike the outputs are to those of `reference`, 1 for the same; counts its calls.
struct Likeness {
  Model reference;
  int calls = 0;
  double operator()(const Model& model) {
    ++calls;
    RunOptions run;
    run.precision = "f32";
    return compare(reference, model, *items(noises({1, tokens, width}, 4)), 4, run)
        .outputs.at(0)
        .cosine;
  }
};

AccuracyControlResult controlled(const Model& model, Likeness& likeness,
                                 const AccuracyControlOptions& control) {
  const auto data = items(noises({1, tokens, width}, 8));
  return quantize_with_accuracy_control(model, *data, std::ref(likeness), options_for(8), control);
}

struct Folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / "octet_accuracy_control_test";
  Folder() {
    std::filesystem::remove_all(path);
    std::filesystem::create_directory(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

}  // namespace

TEST_CASE("only the layer that makes the error is put back to floating point") {
  const Model model = with_outlier();
  Likeness likeness{model};
  std::vector<std::size_t> seen;
  AccuracyControlOptions control;
  control.on_step = [&](const AccuracyStep& step) { seen.push_back(step.float_layers); };
  const AccuracyControlResult result = controlled(model, likeness, control);
  CHECK(result.is_reached);
  CHECK(result.reference_metric == doctest::Approx(1));
  CHECK(result.drop <= 0.01);
  CHECK(result.float_layers == std::vector<std::string>{"second"});
  CHECK(seen == std::vector<std::size_t>{0, 1});
  REQUIRE(result.steps.size() == 2);
  CHECK(result.steps[0].drop > 0.01);
  CHECK(result.result.verdict.level == Verdict::Level::good);
  for (const LayerDecision& layer : result.result.layers) {
    if (layer.node == "first") CHECK(layer.precision == "int8");
    if (layer.node != "second") continue;
    CHECK(layer.precision == "float");
    CHECK(layer.reason == "put back by the accuracy control");
  }
  // The recipe gives the model again.
  CHECK(test::infer(apply(model, result.result.recipe).graph) ==
        test::infer(result.result.model.graph));
}

TEST_CASE("a model that is good enough is measured once and stays whole") {
  const Model model = with_outlier();
  Likeness likeness{model};
  AccuracyControlOptions control;
  control.max_drop = 2;  // a cosine can't fall further
  const AccuracyControlResult result = controlled(model, likeness, control);
  CHECK(result.is_reached);
  CHECK(result.float_layers.empty());
  CHECK(likeness.calls == 2);  // the model and the quantized one
  control.drop_type = DropType::relative;
  CHECK(controlled(model, likeness, control).is_reached);
}

TEST_CASE("where time is over, the best so far is returned with a warning") {
  const Model model = with_outlier();
  Likeness likeness{model};
  AccuracyControlOptions control;
  control.time_limit = 1e-9;
  const AccuracyControlResult result = controlled(model, likeness, control);
  CHECK_FALSE(result.is_reached);
  CHECK(result.steps.size() == 1);
  CHECK_FALSE(result.result.recipe.edits.empty());
  const auto& diagnostics = result.result.diagnostics;
  CHECK(std::ranges::count(diagnostics, "accuracy_not_reached", &Diagnostic::code) == 1);
}

TEST_CASE("a run goes on from the metrics of an earlier one") {
  const Folder folder;
  const Model model = with_outlier();
  Likeness first{model}, second{model};
  AccuracyControlOptions control;
  control.state = folder.path / "state.json";
  controlled(model, first, control);
  CHECK(first.calls == 3);
  const AccuracyControlResult result = controlled(model, second, control);
  CHECK(second.calls == 0);
  CHECK(result.steps.at(1).is_known);
  CHECK(result.float_layers == std::vector<std::string>{"second"});
  // Other options are other models.
  const auto data = items(noises({1, tokens, width}, 4));
  quantize_with_accuracy_control(model, *data, std::ref(second), options_for(4), control);
  CHECK(second.calls > 0);

  std::ofstream(folder.path / "state.json") << "{}";
  CHECK_THROWS_WITH_AS(controlled(model, first, control),
                       doctest::Contains("it is no state of an accuracy control"), Error);
}

TEST_CASE("a metric that is no number is an error") {
  const Model model = with_outlier();
  const auto data = items(noises({1, tokens, width}, 8));
  CHECK_THROWS_AS(quantize_with_accuracy_control(model, *data, [](const Model&) { return NAN; },
                                                 options_for(8), {}),
                  Error);
}

TEST_CASE("a quantizer before movers goes with all that read through them") {
  const QuantizerSpec spec;
  test::Graph g;
  const auto x = g.input("x", {1, 4, 8, 8});
  const auto pool = g.op<ov::op::v1::MaxPool>("pool", x, ov::Strides{2, 2}, ov::Shape{0, 0},
                                              ov::Shape{0, 0}, ov::Shape{2, 2});
  const auto a = test::convolution(g, "a", pool, g.constant("wa", {4, 4, 3, 3}));
  const auto b = test::convolution(g, "b", pool, g.constant("wb", {4, 4, 3, 3}));
  const Model model = g.model({a, b});
  const std::vector<Edit> edits = {
      QuantizeActivation{"q", {"x", 0}, {{"pool", 0}}, spec, {}, {}, {{-1}, {1}, 256}},
      QuantizeWeight{"qa", {"a", 1}, "wa", spec, {}, {{-1}, {1}, 256}},
      QuantizeWeight{"qb", {"b", 1}, "wb", spec, {}, {{-1}, {1}, 256}},
      ShiftBias{"a", {0, 0, 0, 0}}};
  const auto one = search::without_layers(*model.graph, edits, {"a"});
  REQUIRE(one.size() == 2);
  CHECK(std::get<QuantizeActivation>(one[0]).name == "q");
  CHECK(std::get<QuantizeWeight>(one[1]).name == "qb");
  CHECK(search::without_layers(*model.graph, edits, {"a", "b"}).empty());
  CHECK(search::without_layers(*model.graph, edits, {}).size() == 4);
}
