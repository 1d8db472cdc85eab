#include <algorithm>
#include <cmath>

#include "octet/report.hpp"
#include "report/json.hpp"
#include "report/number.hpp"
#include "report/table.hpp"

namespace octet::report {
namespace {

std::string score_text(const TuneResult& tuned, double score) {
  if (tuned.has_metric) return short_number(score);
  return std::isinf(score) && score > 0 ? "-" : number(score, 1);
}

std::string megabytes(std::uint64_t bytes) {
  return short_number(static_cast<double>(bytes) * 1e-6);
}

Json finite(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

}  // namespace

std::string tune_text(const TuneResult& tuned, bool all) {
  using Align = Table::Align;
  Table table({{""},
               {"recipe"},
               {tuned.has_metric ? "metric" : "SQNR (dB)", Align::right},
               {"ms", Align::right},
               {"faster", Align::right},
               {"MB", Align::right},
               {"INT8 layers", Align::right}});
  table.add({"", "the model", score_text(tuned, tuned.reference_score),
             short_number(tuned.reference_latency_ms), "1.00x", megabytes(tuned.reference_bytes),
             "0"});
  std::vector<const TuneCandidate*> shown;
  for (const TuneCandidate& candidate : tuned.candidates)
    if (all || candidate.is_on_front || &candidate == &tuned.candidates[tuned.chosen] ||
        &candidate == &tuned.candidates.front())
      shown.push_back(&candidate);
  std::ranges::stable_sort(shown, std::ranges::greater(), &TuneCandidate::speedup);
  for (const TuneCandidate* candidate : shown)
    table.add({candidate == &tuned.candidates[tuned.chosen] ? "->"
               : candidate->is_on_front                     ? "*"
                                                            : "",
               candidate->name, score_text(tuned, candidate->score),
               short_number(candidate->latency_ms), number(candidate->speedup, 2) + "x",
               megabytes(candidate->bytes), std::to_string(candidate->quantized)});
  std::string text = table.text();
  text += "-> chosen, * no other of " + std::to_string(tuned.candidates.size()) +
          " candidates is as good and as fast";
  if (!tuned.has_metric)
    text += "; SQNR against FP32 on " + std::to_string(tuned.samples) + " samples";
  if (!tuned.is_complete) text += "; the time limit ended the search";
  return text + "\n";
}

std::string tune_json(const TuneResult& tuned) {
  Json json{{"score", tuned.has_metric ? "metric" : "sqnr_db"},
            {"samples", tuned.samples},
            {"complete", tuned.is_complete},
            {"reference",
             {{"score", finite(tuned.reference_score)},
              {"latency_ms", finite(tuned.reference_latency_ms)},
              {"bytes", tuned.reference_bytes}}},
            {"chosen", tuned.chosen}};
  json["candidates"] = Json::array();
  for (const TuneCandidate& candidate : tuned.candidates)
    json["candidates"].push_back({{"name", candidate.name},
                                  {"float_layers", candidate.float_layers},
                                  {"score", finite(candidate.score)},
                                  {"latency_ms", finite(candidate.latency_ms)},
                                  {"speedup", finite(candidate.speedup)},
                                  {"bytes", candidate.bytes},
                                  {"int8_layers", candidate.quantized},
                                  {"seconds", candidate.seconds},
                                  {"front", candidate.is_on_front}});
  return dump(json);
}

}  // namespace octet::report
