#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/quantize_flags.hpp"
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
           "  octet inspect bert.onnx --ignore encoder.layer.3 --ignore-type Gelu\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("MODEL", model_, ".pt2, .onnx or OpenVINO .xml")->required();
    app.add_flag("--json", json_, "print as JSON");
    flags_.declare(app);
  }

  void run(Interrupt&) override {
    const QuantizeOptions options = flags_.options();
    const Model model = load(model_);
    print(model.diagnostics, false);
    const std::vector<LayerDecision> layers = inspect(model, options);
    print(json_ ? report::layers_json(model, layers) : report::layers_text(model, layers));
  }

 private:
  std::string model_;
  QuantizeFlags flags_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> inspect_command() {
  return std::make_unique<Inspect>();
}

}  // namespace octet::cli
