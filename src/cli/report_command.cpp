#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/data_flags.hpp"
#include "cli/output_file.hpp"
#include "cli/progress_line.hpp"
#include "octet/facts.hpp"
#include "octet/report.hpp"

namespace octet::cli {
namespace {

class Report : public Command {
 public:
  const char* name() const override { return "report"; }
  const char* summary() const override {
    return "what quantization did to a model, layer by layer: a page, JSON or text";
  }
  const char* examples() const override {
    return "Examples:\n"
           "  octet report resnet18_int8.xml --reference resnet18.pt2 --data photos -o "
           "report.html\n"
           "  octet report int8.xml --reference model.onnx --data samples.npy --json > "
           "report.json\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("MODEL", model_, "the quantized model, of Octet or of another tool")->required();
    app.add_option("--reference", reference_, "the model that it was made from")
        ->required()
        ->type_name("FILE");
    data_.declare(app, true);
    app.add_option("-o,--output", output_, "page to write")->type_name("OUT.html");
    app.add_option("--samples", options_.samples, "items of the data to run the models on")
        ->type_name("N")
        ->capture_default_str()
        ->check(CLI::Range(1, 10000));
    app.add_option("--seconds", options_.seconds, "time for latency; 0: measure no time")
        ->type_name("S")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 3600.0));
    app.add_option("--device", options_.device, "OpenVINO device")->capture_default_str();
    app.add_option("--precision", options_.precision,
                   "of what is not INT8, for latency: f32, bf16, f16 or auto")
        ->type_name("WORD")
        ->capture_default_str();
    app.add_flag("--json", json_, "print all of it as JSON");
    app.add_flag("--quiet", quiet_, "print warnings and errors only");
  }

  void run(Interrupt& interrupt) override {
    if (!output_.empty()) check_output(output_, model_);
    const Model reference = load(reference_), quantized = load(model_);
    const auto data = data_.open(reference, options_.samples);
    ProgressLine progress(quiet_ || json_);
    options_.on_progress = [&](const Progress& now) { progress.show(now); };
    options_.is_cancelled = [&] { return interrupt.is_requested(); };
    Facts facts = examine(reference, quantized, *data, options_);
    facts.reference.file_bytes = model_bytes(reference_);
    facts.quantized.file_bytes = model_bytes(model_);
    if (!output_.empty()) {
      const Interrupt::Saving saving(interrupt);
      report::save_html(facts, output_);
    }
    progress.clear();
    print(data->diagnostics(), quiet_);
    if (json_)
      print(report::facts_json(facts));
    else if (!quiet_)
      print(report::facts_text(facts));
  }

 private:
  std::string model_, reference_, output_;
  DataFlags data_;
  ReportOptions options_;
  bool json_ = false, quiet_ = false;
};

}  // namespace

std::unique_ptr<Command> report_command() {
  return std::make_unique<Report>();
}

}  // namespace octet::cli
