#include <filesystem>

#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/data_flags.hpp"
#include "octet/diagnose.hpp"
#include "octet/report.hpp"
#include "octet/runtime.hpp"

namespace octet::cli {
namespace {

class Benchmark : public Command {
 public:
  const char* name() const override { return "benchmark"; }
  const char* summary() const override {
    return "measure latency and throughput, and the precision that each layer ran in";
  }
  const char* examples() const override {
    return "Examples:\n"
           "  octet benchmark resnet18_int8.xml\n"
           "  octet benchmark resnet18.pt2 resnet18_int8.xml --precision f32 --seconds 5\n"
           "  octet benchmark a.xml b.xml --data photos --samples 32   (compares the outputs "
           "too)\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("MODEL", models_[0], ".pt2, .onnx or OpenVINO .xml")->required();
    app.add_option("OTHER", models_[1], "a second model, measured in turns with the first");
    app.add_option("--seconds", seconds_, "time for latency, and as much for throughput")
        ->type_name("S")
        ->capture_default_str()
        ->check(CLI::Range(0.05, 3600.0));
    app.add_option("--device", options_.device, "OpenVINO device")->capture_default_str();
    app.add_option("--precision", options_.precision,
                   "of what is not INT8: f32, bf16, f16, or auto: the plugin's choice")
        ->type_name("WORD")
        ->capture_default_str();
    app.add_option("--threads", options_.threads, "0: the plugin's choice")
        ->type_name("N")
        ->capture_default_str();
    data_.declare(app, false);
    app.add_option("--samples", samples_, "samples to compare the outputs on")
        ->type_name("N")
        ->capture_default_str();
    app.add_flag("--json", json_, "print as JSON");
  }

  void run(Interrupt& interrupt) override {
    std::vector<Model> models;
    for (const std::string& path : models_)
      if (!path.empty()) models.push_back(load(path));
    if (data_.is_given()) options_.example = data_.open(models[0], 1)->next();
    const std::vector<BenchmarkResult> results =
        benchmark(models, seconds_, options_, [&] { return interrupt.is_requested(); });
    std::vector<report::NamedBenchmark> named;
    for (std::size_t i = 0; i < results.size(); ++i) named.push_back({title(i), results[i]});
    std::optional<Comparison> comparison;
    if (data_.is_given() && models.size() == 2) {
      const auto data = data_.open(models[0], samples_);
      comparison = compare(models[0], models[1], *data, samples_, options_);
      print(data->diagnostics(), false);
    }
    if (json_) {
      print(report::benchmark_json(named, comparison));
    } else {
      print(report::benchmark_text(named));
      if (comparison) print("\n" + report::comparison_text(*comparison));
    }
  }

 private:
  /// The file's name alone where that is enough.
  std::string title(std::size_t index) const {
    const auto name = [](const std::string& path) {
      return std::filesystem::path(path).filename().string();
    };
    return json_ || name(models_[0]) == name(models_[1]) ? models_[index] : name(models_[index]);
  }

  std::string models_[2];
  double seconds_ = 3;
  std::size_t samples_ = 32;
  RunOptions options_;
  DataFlags data_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> benchmark_command() {
  return std::make_unique<Benchmark>();
}

}  // namespace octet::cli
