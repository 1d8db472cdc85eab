#include "cli/accuracy_flags.hpp"
#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/data_flags.hpp"
#include "cli/output_file.hpp"
#include "cli/progress_line.hpp"
#include "cli/quantize_flags.hpp"
#include "octet/calibrate.hpp"
#include "octet/facts.hpp"
#include "octet/report.hpp"

namespace octet::cli {
namespace {

class Quantize : public Command {
 public:
  const char* name() const override { return "quantize"; }
  const char* summary() const override { return "quantize a trained model to INT8"; }
  const char* examples() const override {
    return "Examples:\n"
           "  octet quantize resnet18.pt2 --data photos --mean 0.485,0.456,0.406 \\\n"
           "      --scale 0.229,0.224,0.225 -o resnet18_int8.xml\n"
           "  octet quantize bert.onnx --data tokens.npz -o bert_int8.xml --recipe bert.json\n"
           "  octet quantize model.xml --data samples.npy --ignore head -o model_int8.xml --json\n"
           "  octet quantize model.xml --data samples.npy -o model_int8.xml --report report.html\n"
           "  octet quantize model.xml --data samples.npy --accuracy-control \\\n"
           "      --validation-data test.npy --labels labels.npy -o model_int8.xml\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("MODEL", model_, ".pt2, .onnx or OpenVINO .xml")->required();
    app.add_option("-o,--output", output_, "OpenVINO IR to write: .xml, with a .bin beside it")
        ->required()
        ->type_name("OUT.xml");
    app.add_option("--recipe", recipe_, "write what was decided, for 'octet apply'")
        ->type_name("OUT.json");
    app.add_option("--report", report_, "also write a page that says what it did, layer by layer")
        ->type_name("OUT.html");
    app.add_flag("--json", json_, "print the result as JSON");
    app.add_flag("--profile", profile_, "also print where the time went");
    app.add_flag("--quiet", quiet_, "print warnings and errors only");
    app.add_option("--statistics", statistics_, "instead of --data: what 'octet calibrate' wrote")
        ->type_name("PART...");
    app.add_option("--calibration-state", state_,
                   "keep what is measured in this file, so that a run that was ended goes on there")
        ->type_name("FILE");
    data_.declare(app, false);
    flags_.declare(app);
    accuracy_.declare(app);
  }

  void run(Interrupt& interrupt) override {
    QuantizeOptions options = flags_.options();
    check_model_output(output_, model_);
    if (!recipe_.empty()) check_output(recipe_, model_);
    if (!report_.empty()) check_output(report_, model_);
    if (!report_.empty() && options.on_collapse == OnCollapse::ignore)
      throw Error(ErrorCode::invalid_argument, "command", "option '--report'",
                  "with --on-collapse ignore nothing is compared", "Leave one of them out");
    const Model model = load(model_);
    print(model.diagnostics, quiet_);
    if (statistics_.empty() != data_.is_given())
      throw Error(ErrorCode::invalid_argument, "command", "",
                  data_.is_given() ? "--data excludes --statistics" : "--data is required",
                  "Give a folder of images, an .npy or an .npz; or what 'octet calibrate' wrote");
    if (!state_.empty() && (!statistics_.empty() || accuracy_.is_wanted()))
      throw Error(ErrorCode::invalid_argument, "command", "option '--calibration-state'",
                  "it is for one pass over --data",
                  "Leave out --statistics and --accuracy-control");
    if (!state_.empty()) check_output(state_, model_);
    auto data = statistics_.empty() ? data_.open(model, options.subset_size)
                                    : stored_statistics({statistics_.begin(), statistics_.end()});
    ProgressLine progress(quiet_ || json_);
    watch(options, progress, interrupt, quiet_);
    if (!state_.empty()) {
      calibrate(model, *data, state_, {}, options);
      progress.clear();
      print(data->diagnostics(), quiet_);
      data = stored_statistics({state_});
    }
    const QuantizeResult result = accuracy_.is_wanted()
                                      ? controlled(model, *data, options, progress)
                                      : quantize(model, *data, options);
    {
      const Interrupt::Saving saving(interrupt);
      save(result.model, output_);
      if (!recipe_.empty()) save(result.recipe, recipe_);
    }
    if (!report_.empty()) write_report(model, result, options, interrupt);
    progress.clear();
    const report::Files files{model_, output_, recipe_, model_bytes(model_), model_bytes(output_)};
    if (json_)
      print(report::quantize_json(result, files));
    else if (!quiet_)
      print(report::quantize_text(result, files));
    if (profile_ && !json_) print("\n" + report::profile_text(result));
  }

 private:
  void write_report(const Model& model, const QuantizeResult& result,
                    const QuantizeOptions& options, Interrupt& interrupt) const {
    ReportOptions report;
    report.threads = options.threads;
    report.on_progress = options.on_progress;
    report.is_cancelled = options.is_cancelled;
    Facts facts = examine(model, result, report);
    facts.reference.file_bytes = model_bytes(model_);
    facts.quantized.origin = output_;
    facts.quantized.file_bytes = model_bytes(output_);
    const Interrupt::Saving saving(interrupt);
    report::save_html(facts, report_);
  }

  QuantizeResult controlled(const Model& model, Dataset& data, const QuantizeOptions& options,
                            ProgressLine& progress) const {
    AccuracyControlOptions control = accuracy_.options();
    const auto metric = accuracy_.metric(model, data_);
    control.on_step = [&](const AccuracyStep& step) {
      progress.clear();
      print({accuracy_note(step)}, quiet_);
    };
    return quantize_with_accuracy_control(model, data, metric, options, control).result;
  }

  std::string model_, output_, recipe_, report_, state_;
  std::vector<std::string> statistics_;
  DataFlags data_;
  QuantizeFlags flags_;
  AccuracyFlags accuracy_;
  bool json_ = false, profile_ = false, quiet_ = false;
};

}  // namespace

std::unique_ptr<Command> quantize_command() {
  return std::make_unique<Quantize>();
}

}  // namespace octet::cli
