/// Compares where calibration's statistics can be taken:
///   calibration_variants MODEL DATA [samples] [rounds]
/// plain     the samples in FP32, streams of one thread, nothing measured
/// hint      the same with the plugin's own choice for throughput
/// observers what the library does
/// outputs   watched tensors are outputs, scanned on the host
/// reduces   ReduceMin and ReduceMax (and ReduceMean for channel means) in the graph
/// Each variant's compile and run are timed, in turns; medians in ms, wall and processor time.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <numeric>

#include <openvino/opsets/opset13.hpp>
#include <openvino/runtime/properties.hpp>

#include "algorithms/algorithm.hpp"
#include "recipe/apply.hpp"
#include "runtime/core.hpp"
#include "scheme/placement.hpp"
#include "statistics/kernels.hpp"
#include "statistics/runner.hpp"

namespace {

using namespace octet;
using namespace octet::statistics;

struct Time {
  double wall, processor;
};
Time now() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return {
      std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(),
      seconds(usage.ru_utime) + seconds(usage.ru_stime)};
}
Time operator-(Time a, Time b) {
  return {a.wall - b.wall, a.processor - b.processor};
}

struct Cost {
  Time compile, run;
};

std::vector<std::vector<ov::Tensor>> samples;

/// Runs all samples, `after(request)` on each when it is done.
Cost run(const std::shared_ptr<ov::Model>& graph, const ov::AnyMap& config,
         const std::function<void(ov::InferRequest&)>& after) {
  Cost cost;
  Time start = now();
  ov::AnyMap all = config;
  all.insert(ov::hint::inference_precision(ov::element::f32));
  ov::CompiledModel compiled = runtime::core().compile_model(graph, "CPU", all);
  cost.compile = now() - start;
  if (getenv("DUMP")) {
    std::map<std::string, int> counts;
    for (const auto& n : compiled.get_runtime_model()->get_ordered_ops()) {
      auto info = n->get_rt_info();
      std::string key = info["layerType"].as<std::string>() + " " +
                        info["primitiveType"].as<std::string>() + " " +
                        info["outputLayouts"].as<std::string>() + " " +
                        info["outputPrecisions"].as<std::string>();
      counts[key]++;
      if (std::string(getenv("DUMP")) == "2")
        printf("%s: %s\n", n->get_friendly_name().c_str(), key.c_str());
    }
    for (auto& [k, v] : counts) printf("   %d %s\n", v, k.c_str());
  }
  start = now();
  const std::size_t count =
      std::max<std::size_t>(compiled.get_property(ov::optimal_number_of_infer_requests), 2) * 2;
  std::vector<ov::InferRequest> requests;
  for (std::size_t i = 0; i < count; ++i) requests.push_back(compiled.create_infer_request());
  for (std::size_t i = 0; i < samples.size() + count; ++i) {
    ov::InferRequest& request = requests[i % count];
    if (i >= count) {
      request.wait();
      after(request);
    }
    if (i >= samples.size()) continue;
    for (std::size_t k = 0; k < samples[i].size(); ++k) request.set_input_tensor(k, samples[i][k]);
    request.start_async();
  }
  cost.run = now() - start;
  return cost;
}

std::shared_ptr<ov::Model> fitted(const ov::Model& model) {
  const auto clone = model.clone();
  std::map<ov::Output<ov::Node>, ov::PartialShape> shapes;
  for (std::size_t i = 0; i < samples[0].size(); ++i)
    shapes[clone->input(i)] = samples[0][i].get_shape();
  clone->reshape(shapes);
  return clone;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) return 2;
  Model model = load(arguments[1]);
  QuantizeOptions options;
  model = recipe::apply_edits(model, algorithms::structural_edits(model, options));
  const scheme::Placement placement = scheme::place(model, options);
  algorithms::Context context{model, placement, options};
  Requests requests;
  const auto steps = algorithms::pipeline(options);
  for (const auto& step : steps) step->request(context, requests);

  const std::size_t limit = count > 3 ? std::stoul(arguments[3]) : 300;
  const std::size_t rounds = count > 4 ? std::stoul(arguments[4]) : 3;
  const std::string file = arguments[2];
  const auto data = [&] {
    return file.ends_with(".npz")   ? npz_file(file)
           : file.ends_with(".npy") ? npy_file(file)
                                    : random_samples(model.graph, limit);
  };
  const auto source = data();
  while (samples.size() < limit) {
    auto sample = next_sample(*source, *model.graph, samples.size());
    if (!sample) break;
    for (ov::Tensor& tensor : sample->inputs) {
      ov::Tensor copy(tensor.get_element_type(), tensor.get_shape());
      tensor.copy_to(copy);
      tensor = copy;
    }
    samples.push_back(sample->inputs);
  }
  const Plan plan(*model.graph, requests, {});
  std::size_t values = 0;
  std::map<std::string, std::shared_ptr<ov::Node>> nodes;
  const auto shaped = fitted(*model.graph);
  for (const auto& node : shaped->get_ordered_ops()) nodes[node->get_friendly_name()] = node;
  for (const Watch& watch : plan.watches())
    values += ov::shape_size(nodes[watch.tensor.node]->get_output_shape(watch.tensor.output));
  std::printf("%s: %zu samples, %zu watched tensors of %.2f M values together\n", arguments[1],
              samples.size(), plan.watches().size(), 1e-6 * static_cast<double>(values));

  const ov::AnyMap streams = {
      ov::num_streams(std::get<1>(runtime::core().get_property("CPU", ov::range_for_streams)))};
  const auto attach = [&](const auto& make) {
    const auto graph = fitted(*model.graph);
    std::map<std::string, std::shared_ptr<ov::Node>> here;
    for (const auto& node : graph->get_ordered_ops()) here[node->get_friendly_name()] = node;
    ov::ResultVector results;
    for (const Watch& watch : plan.watches())
      make(here.at(watch.tensor.node)->output(watch.tensor.output), watch, results);
    return std::make_shared<ov::Model>(results, graph->get_parameters());
  };
  using Variant = std::pair<const char*, std::function<Cost()>>;
  const std::vector<Variant> variants = {
      {"plain", [&] { return run(fitted(*model.graph), streams, [](auto&) {}); }},
      {"hint",
       [&] {
         return run(fitted(*model.graph),
                    {ov::hint::performance_mode(ov::hint::PerformanceMode::THROUGHPUT)},
                    [](auto&) {});
       }},
      {"observers",
       [&] {
         const auto graph = attach([&](const auto& tensor, const Watch& watch, auto& results) {
           results.push_back(std::make_shared<ov::op::v0::Result>(
               std::make_shared<Observer>(tensor, static_cast<std::int64_t>(results.size()),
                                          watch.measures, watch.distribution)));
         });
         return run(graph, streams, [](auto&) {});
       }},
      {"outputs",
       [&] {
         const auto graph = attach([&](const auto& tensor, const Watch&, auto& results) {
           results.push_back(std::make_shared<ov::op::v0::Result>(tensor));
         });
         return run(graph, streams, [&](ov::InferRequest& request) {
           for (std::size_t i = 0; i < plan.watches().size(); ++i) {
             const ov::Tensor tensor = request.get_output_tensor(i);
             if (tensor.get_element_type() != ov::element::f32) continue;
             std::vector<double> record(
                 record_size(plan.watches()[i].measures, tensor.get_shape()));
             measure(plan.watches()[i].measures, tensor, record.data(), nullptr);
           }
         });
       }},
      {"permuted",
       [&] {
         const auto graph =
             attach([&](const ov::Output<ov::Node>& tensor, const Watch& watch, auto& results) {
               ov::Output<ov::Node> seen = tensor;
               Measures measures = watch.measures;
               if (tensor.get_shape().size() == 4) {
                 seen = std::make_shared<ov::op::v1::Transpose>(
                     tensor, ov::op::v0::Constant::create(ov::element::i64, {4}, {0, 2, 3, 1}));
                 if (measures.axis == 1) measures.axis = 3;
               }
               results.push_back(std::make_shared<ov::op::v0::Result>(std::make_shared<Observer>(
                   seen, static_cast<std::int64_t>(results.size()), measures, watch.distribution)));
             });
         return run(graph, streams, [](auto&) {});
       }},
      {"concat",
       [&] {
         ov::OutputVector parts;
         auto graph =
             attach([&](const ov::Output<ov::Node>& tensor, const Watch& watch, auto& results) {
               if (tensor.get_shape().size() != 4) {
                 results.push_back(std::make_shared<ov::op::v0::Result>(
                     std::make_shared<Observer>(tensor, static_cast<std::int64_t>(results.size()),
                                                watch.measures, watch.distribution)));
                 return;
               }
               const auto all = ov::op::v0::Constant::create(ov::element::i64, {2}, {2, 3});
               parts.push_back(std::make_shared<ov::op::v1::ReduceMin>(tensor, all, true));
               parts.push_back(std::make_shared<ov::op::v1::ReduceMax>(tensor, all, true));
               parts.push_back(std::make_shared<ov::op::v1::ReduceMean>(tensor, all, true));
             });
         auto results = graph->get_results();
         results.push_back(
             std::make_shared<ov::op::v0::Result>(std::make_shared<ov::op::v0::Concat>(parts, 1)));
         return run(std::make_shared<ov::Model>(results, graph->get_parameters()), streams,
                    [](auto&) {});
       }},
      {"reduces",
       [&] {
         const auto graph =
             attach([&](const ov::Output<ov::Node>& tensor, const Watch& watch, auto& results) {
               const auto rank = static_cast<std::int64_t>(tensor.get_shape().size());
               std::vector<std::int64_t> axes;
               for (std::int64_t i = 0; i < rank; ++i) axes.push_back(i);
               const auto all = ov::op::v0::Constant::create(ov::element::i64, {axes.size()}, axes);
               const auto add = [&](const std::shared_ptr<ov::Node>& node) {
                 results.push_back(std::make_shared<ov::op::v0::Result>(node));
               };
               add(std::make_shared<ov::op::v1::ReduceMin>(tensor, all));
               add(std::make_shared<ov::op::v1::ReduceMax>(tensor, all));
               if (!watch.measures.axis) return;
               axes.erase(axes.begin() + static_cast<std::ptrdiff_t>(*watch.measures.axis));
               add(std::make_shared<ov::op::v1::ReduceMean>(
                   tensor, ov::op::v0::Constant::create(ov::element::i64, {axes.size()}, axes)));
             });
         return run(graph, streams, [](auto&) {});
       }},
  };
  std::map<std::string, std::vector<Cost>> costs;
  const std::string only = count > 5 ? arguments[5] : "";
  for (std::size_t round = 0; round < rounds; ++round)
    for (const auto& [name, variant] : variants)
      if (only.empty() || only == name || std::string("plain") == name)
        costs[name].push_back(variant());
  const auto median = [](std::vector<Cost>& all, const auto& value) {
    std::ranges::sort(all, {}, value);
    return 1e3 * value(all[all.size() / 2]);
  };
  std::printf("%-10s %14s %14s %14s %14s %8s\n", "variant", "compile wall", "compile cpu",
              "run wall", "run cpu", "x plain");
  const double base = median(costs["plain"], [](const Cost& c) { return c.run.processor; });
  for (const auto& [name, variant] : variants) {
    auto& all = costs[name];
    if (all.empty()) continue;
    const double cpu = median(all, [](const Cost& c) { return c.run.processor; });
    std::printf("%-10s %14.0f %14.0f %14.0f %14.0f %8.2f\n", name,
                median(all, [](const Cost& c) { return c.compile.wall; }),
                median(all, [](const Cost& c) { return c.compile.processor; }),
                median(all, [](const Cost& c) { return c.run.wall; }), cpu, cpu / base);
  }
}
