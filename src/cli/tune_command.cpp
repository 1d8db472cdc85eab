#include <cstdio>

#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/data_flags.hpp"
#include "cli/output_file.hpp"
#include "cli/progress_line.hpp"
#include "cli/quantize_flags.hpp"
#include "cli/validation_flags.hpp"
#include "cli/words.hpp"
#include "octet/report.hpp"
#include "octet/tune.hpp"

namespace octet::cli {
namespace {

constexpr const char* group = "Search";

Diagnostic note_of(const TuneCandidate& candidate) {
  char text[64];
  std::snprintf(text, sizeof text, ": score %.6g, %.2f times as fast", candidate.score,
                candidate.speedup);
  return {Diagnostic::Severity::note, "search", "candidate", "", candidate.name + text, ""};
}

class Tune : public Command {
 public:
  const char* name() const override { return "tune"; }
  const char* summary() const override {
    return "look for the recipe that gives the best and fastest model on this machine";
  }
  const char* examples() const override {
    return "Examples:\n"
           "  octet tune model.onnx --data samples.npy -o model_int8.xml\n"
           "  octet tune resnet18.pt2 --data photos --validation-data test --labels test.npy \\\n"
           "      --time-limit 600 -o resnet18_int8.xml --recipe resnet18.json\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("MODEL", model_, ".pt2, .onnx or OpenVINO .xml")->required();
    app.add_option("-o,--output", output_, "OpenVINO IR to write: .xml, with a .bin beside it")
        ->required()
        ->type_name("OUT.xml");
    app.add_option("--recipe", recipe_, "write what was decided, for 'octet apply'")
        ->type_name("OUT.json");
    app.add_flag("--json", json_, "print the result as JSON");
    app.add_flag("--all", all_, "print all candidates, not the best alone");
    app.add_flag("--quiet", quiet_, "print warnings and errors only");
    data_.declare(app, true);
    validation_.declare(app, group);
    app.add_option("--max-drop", tuning_.max_drop, "how much the metric may drop")
        ->group(group)
        ->type_name("X")
        ->capture_default_str();
    app.add_option("--drop-type", drop_type_,
                   "absolute, or relative to the model's metric; "
                   "default: relative")
        ->group(group)
        ->type_name("WORD");
    app.add_option("--time-limit", tuning_.time_limit,
                   "seconds after which nothing further is tried; default: none")
        ->group(group)
        ->type_name("S");
    app.add_option("--precision", tuning_.run.precision,
                   "that latency is measured with, of what is not INT8: f32, bf16, f16, or auto")
        ->group(group)
        ->type_name("WORD")
        ->capture_default_str();
    flags_.declare(app);
  }

  void run(Interrupt& interrupt) override {
    QuantizeOptions options = flags_.options();
    check_model_output(output_, model_);
    if (!recipe_.empty()) check_output(recipe_, model_);
    if (!drop_type_.empty())
      tuning_.drop_type = parse_word<DropType>(drop_type_, "option '--drop-type'");
    const Model model = load(model_);
    print(model.diagnostics, quiet_);
    const auto data = data_.open(model, options.subset_size);
    if (validation_.is_given()) tuning_.validate = validation_.metric(model, data_);
    ProgressLine progress(quiet_ || json_);
    watch(options, progress, interrupt, quiet_);
    tuning_.on_candidate = [&](const TuneCandidate& candidate) {
      progress.clear();
      print({note_of(candidate)}, quiet_);
    };
    const TuneResult tuned = tune(model, *data, options, tuning_);
    {
      const Interrupt::Saving saving(interrupt);
      save(tuned.result.model, output_);
      if (!recipe_.empty()) save(tuned.result.recipe, recipe_);
    }
    progress.clear();
    if (json_)
      print(report::tune_json(tuned));
    else if (!quiet_)
      print(report::tune_text(tuned, all_));
  }

 private:
  std::string model_, output_, recipe_, drop_type_;
  DataFlags data_;
  QuantizeFlags flags_;
  ValidationFlags validation_;
  TuneOptions tuning_;
  bool json_ = false, all_ = false, quiet_ = false;
};

}  // namespace

std::unique_ptr<Command> tune_command() {
  return std::make_unique<Tune>();
}

}  // namespace octet::cli
