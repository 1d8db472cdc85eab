#include "octet/tune.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "api/shared_statistics.hpp"
#include "octet/diagnose.hpp"
#include "search/variations.hpp"
#include "unit/api/models.hpp"

using namespace octet;
using namespace octet::tests;

namespace {

QuantizeOptions options_for(std::size_t samples) {
  QuantizeOptions options;
  options.subset_size = samples;
  return options;
}

TuneResult tuned(const Model& model, const TuneOptions& tuning, std::size_t samples = 16) {
  const auto data = items(noises({1, tokens, width}, 16));
  return tune(model, *data, options_for(samples), tuning);
}

}  // namespace

TEST_CASE("statistics that are shared give the recipes that each option gives alone") {
  const Model model = with_outlier();
  const QuantizeOptions resolved = api::plan(model, options_for(8)).options;
  api::SharedStatistics statistics(model);
  const std::vector<QuantizeOptions> all = search::combinations(resolved);
  for (const QuantizeOptions& options : all) statistics.want(api::plan(model, options));
  const auto data = items(noises({1, tokens, width}, 8));
  statistics.measure(*data, {8});
  std::set<std::string> recipes;
  for (const QuantizeOptions& options : all) {
    const auto again = items(noises({1, tokens, width}, 8));
    api::Stages alone(options), shared(options);
    const api::Quantized expected = api::run_pipeline(model, *again, options, 0, alone);
    const api::Quantized found = api::run_pipeline(
        model, options, 0,
        [&](const api::Plan& plan, const statistics::Requests& requests) {
          return statistics.results_for(plan, requests);
        },
        shared);
    CHECK(to_json(found.result.recipe) == to_json(expected.result.recipe));
    recipes.insert(to_json(found.result.recipe));
  }
  CHECK(recipes.size() > 8);
}

TEST_CASE("a model that collapses is saved by the search, which says by what") {
  const Model model = with_outlier();
  std::vector<std::string> seen;
  TuneOptions tuning;
  tuning.on_candidate = [&](const TuneCandidate& one) { seen.push_back(one.name); };
  const TuneResult found = tuned(model, tuning);
  REQUIRE(found.candidates.size() == seen.size());
  CHECK(found.samples == 4);
  CHECK(found.is_complete);
  CHECK(std::ranges::count(found.result.diagnostics, "few_samples", &Diagnostic::code) == 0);
  const TuneCandidate& given = found.candidates[0];
  const TuneCandidate& chosen = found.candidates[found.chosen];
  CHECK(given.name == "as given");
  CHECK(given.score < 6);
  CHECK(chosen.score > 15);
  CHECK(found.result.verdict.level == Verdict::Level::good);
  CHECK(given.bytes < found.reference_bytes);
  // Every candidate's recipe gives the model that was scored; the chosen one is the result.
  CHECK(test::infer(apply(model, chosen.recipe).graph) == test::infer(found.result.model.graph));
  bool has_front = false;
  for (const TuneCandidate& one : found.candidates) {
    has_front = has_front || one.is_on_front;
    CHECK(one.latency_ms == doctest::Approx(found.reference_latency_ms / one.speedup));
    CHECK(static_cast<std::size_t>(std::ranges::count_if(found.candidates,
                                                         [&](const TuneCandidate& other) {
                                                           return other.score > one.score &&
                                                                  other.speedup > one.speedup;
                                                         })) *
              one.is_on_front ==
          0);
  }
  CHECK(has_front);
}

TEST_CASE("scores and recipes are the same in every run") {
  const Model model = with_outlier();
  TuneOptions tuning;
  const TuneResult first = tuned(model, tuning), second = tuned(model, tuning);
  std::map<std::string, double> scores;
  for (const TuneCandidate& one : first.candidates) scores[to_json(one.recipe)] = one.score;
  std::size_t common = 0;
  for (const TuneCandidate& one : second.candidates) {
    const auto found = scores.find(to_json(one.recipe));
    if (found == scores.end()) continue;  // which layers are slow is measured
    CHECK(found->second == one.score);
    ++common;
  }
  CHECK(common >= 5);
}

TEST_CASE("a metric decides where there is one, on recipes that all data were used for") {
  const Model model = with_outlier();
  const auto validation = noises({1, tokens, width}, 4);
  int calls = 0;
  TuneOptions tuning;
  tuning.validate = [&](const Model& candidate) {
    ++calls;
    RunOptions run;
    run.precision = "f32";
    return compare(model, candidate, *items(validation), 4, run).outputs.at(0).cosine;
  };
  tuning.max_drop = 0.01;
  tuning.drop_type = DropType::absolute;
  const TuneResult found = tuned(model, tuning);
  CHECK(found.has_metric);
  CHECK(found.reference_score == doctest::Approx(1));
  CHECK(calls == static_cast<int>(found.candidates.size()) + 1);
  CHECK(found.candidates[found.chosen].score >= 0.99);
  const auto data = items(noises({1, tokens, width}, 16));
  CHECK(to_json(found.candidates[0].recipe) ==
        to_json(quantize(model, *data, options_for(16)).recipe));

  tuning.validate = [](const Model&) { return NAN; };
  CHECK_THROWS_WITH_AS(tuned(model, tuning), doctest::Contains("not a finite number"), Error);
}

TEST_CASE("where time is over, what was tried so far is enough") {
  TuneOptions tuning;
  tuning.time_limit = 1e-9;
  const TuneResult found = tuned(with_outlier(), tuning);
  CHECK(found.candidates.size() == 1);
  CHECK_FALSE(found.is_complete);
  CHECK(std::ranges::count(found.result.diagnostics, "accuracy_not_reached", &Diagnostic::code) ==
        1);
  tuning.time_limit = -1;
  CHECK_THROWS_AS(tuned(with_outlier(), tuning), Error);
}

TEST_CASE("a model of which nothing is quantized cannot be tuned") {
  test::Graph g;
  const Model model = g.model({g.op<ov::op::v0::Relu>("y", g.input("x", {1, tokens, width}))});
  CHECK_THROWS_WITH_AS(tuned(model, {}), doctest::Contains("nothing of this model is quantized"),
                       Error);
}
