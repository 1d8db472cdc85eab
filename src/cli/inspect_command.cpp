#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/quantize_flags.hpp"
#include "octet/preview.hpp"
#include "octet/report.hpp"

namespace octet::cli {
namespace {

class Inspect : public Command {
 public:
  const char* name() const override { return "inspect"; }
  const char* summary() const override {
    return "list the layers, and whether and why each will be quantized";
  }
  const char* examples() const override {
    return "Examples:\n"
           "  octet inspect resnet18.pt2\n"
           "  octet inspect bert.onnx --ignore encoder.layer.3 --ignore-type Gelu\n"
           "  octet inspect bert.onnx --ignore-pattern 'encoder.*' --preview\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("MODEL", model_, ".pt2, .onnx or OpenVINO .xml")->required();
    app.add_flag("--json", json_, "print as JSON");
    app.add_flag("--preview", preview_,
                 "list what each ignore rule touches, instead of the layers");
    flags_.declare(app);
  }

  void run(Interrupt&) override {
    const QuantizeOptions options = flags_.options();
    const Model model = load(model_);
    print(model.diagnostics, false);
    if (preview_) {
      if (options.ignored_scope.empty())
        throw Error(ErrorCode::invalid_argument, "command", "option '--preview'",
                    "there is no ignore rule", "Give one, as with --ignore or --ignore-type");
      const Preview rules = preview(model, options);
      print(json_ ? report::preview_json(rules) : report::preview_text(model, rules));
      return;
    }
    const std::vector<LayerDecision> layers = inspect(model, options);
    print(json_ ? report::layers_json(model, layers) : report::layers_text(model, layers));
  }

 private:
  std::string model_;
  QuantizeFlags flags_;
  bool json_ = false, preview_ = false;
};

}  // namespace

std::unique_ptr<Command> inspect_command() {
  return std::make_unique<Inspect>();
}

}  // namespace octet::cli
