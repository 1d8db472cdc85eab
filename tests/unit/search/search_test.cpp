#include <doctest/doctest.h>

#include "search/held_out.hpp"
#include "search/logits.hpp"
#include "search/pareto.hpp"
#include "search/slow_layers.hpp"
#include "unit/recipe/graphs.hpp"
#include "unit/statistics/models.hpp"

using namespace octet;
using namespace octet::tests;

namespace {

TuneCandidate candidate(double score, double speedup) {
  TuneCandidate one;
  one.score = score;
  one.speedup = speedup;
  return one;
}

ExecutedLayer executed(std::vector<std::string> originals, double milliseconds) {
  ExecutedLayer layer;
  layer.originals = std::move(originals);
  layer.milliseconds = milliseconds;
  return layer;
}

}  // namespace

TEST_CASE("the front holds what nothing else beats") {
  std::vector<TuneCandidate> all = {candidate(10, 1), candidate(20, 1), candidate(15, 1.5),
                                    candidate(14, 1.4), candidate(15, 1.5)};
  search::mark_front(all);
  std::vector<bool> marked;
  for (const TuneCandidate& one : all) marked.push_back(one.is_on_front);
  CHECK(marked == std::vector<bool>{false, true, true, false, false});
}

TEST_CASE("of what is good enough the fastest is chosen, of equally fast ones the best") {
  const std::vector<TuneCandidate> all = {candidate(10, 3), candidate(20, 1.50),
                                          candidate(25, 1.49), candidate(30, 0.9)};
  CHECK(search::choose(all, {15, 1}) == 2);
  CHECK(search::choose(all, {5, 1}) == 0);
  CHECK(search::choose(all, {28, 1}) == 3);   // none that is good is faster than the model
  CHECK(search::choose(all, {100, 1}) == 3);  // none is good
}

TEST_CASE("a kernel's time belongs to its layers, that of a quantizer alone to its readers") {
  const QuantizerSpec spec;
  const std::vector<Edit> edits = {
      QuantizeActivation{"q", {"x", 0}, {{"a", 0}, {"b", 0}}, spec, {}, {}, {{-1}, {1}, 256}}};
  const std::vector<search::LayerGain> gains = search::layer_gains(
      {"a", "b", "c"}, edits, {executed({"a"}, 5), executed({"b", "c"}, 4), executed({"d"}, 9)},
      {executed({"q"}, 2), executed({"a", "a/quantizer"}, 1), executed({"b/Dequantization"}, 3),
       executed({"c"}, 0.5), executed({}, 9)});
  REQUIRE(gains.size() == 3);
  CHECK(gains[0].node == "b");
  CHECK(gains[0].milliseconds == doctest::Approx(2 - 3 - 1));
  CHECK(gains[1].node == "c");
  CHECK(gains[1].milliseconds == doctest::Approx(2 - 0.5));
  CHECK(gains[2].node == "a");
  CHECK(gains[2].milliseconds == doctest::Approx(5 - 1 - 1));
}

TEST_CASE("items are held back evenly, and no item is lost or given twice") {
  const Model model = doubling({1, 1});
  for (const std::size_t count : {1, 2, 7, 40, 300}) {
    std::vector<ov::Tensor> tensors;
    for (std::size_t i = 0; i < count; ++i) {
      tensors.emplace_back(ov::element::f32, ov::Shape{1, 1});
      *tensors.back().data<float>() = static_cast<float>(i);
    }
    const auto data = items(tensors);
    search::HeldOut held(*data, model, 200);
    const std::size_t promised = held.size().value();
    std::set<float> given, back;
    while (const auto sample = held.next())
      CHECK(given.insert(*sample->inputs[0].second.data<float>()).second);
    for (const auto& item : held.items()) CHECK(back.insert(*item[0].data<float>()).second);
    CAPTURE(count);
    CHECK(given.size() == promised);
    CHECK(given.size() + back.size() == std::min<std::size_t>(count, 200));
    CHECK(back.size() == (count == 1 ? 0 : std::clamp<std::size_t>(count / 4, 1, 32)));
    for (const float value : back) CHECK(given.count(value) == 0);
  }
}

TEST_CASE("outputs that a softmax makes are compared before it") {
  test::Graph g;
  const auto x = g.input("x", {1, 4});
  const auto relu = g.op<ov::op::v0::Relu>("relu", x);
  const Model model = g.model({g.op<ov::op::v8::Softmax>("softmax", relu, 1), relu});
  const auto logits = search::with_logits(*model.graph);
  for (const auto& result : logits->get_results())
    CHECK(result->get_input_node_shared_ptr(0)->get_friendly_name() == "relu");
  CHECK(model.graph->get_results()[0]->get_input_node_shared_ptr(0) != relu);
}
