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
           "  octet inspect resnet18.pt2 --tree --depth 2\n"
           "  octet inspect resnet18.pt2 --dot | dot -Tsvg > resnet18.svg\n"
           "  octet inspect bert.onnx --ignore-pattern 'encoder.*' --preview\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("MODEL", model_, ".pt2, .onnx or OpenVINO .xml")->required();
    app.add_flag("--json", json_, "print as JSON");
    app.add_flag("--preview", preview_,
                 "list what each ignore rule touches, instead of the layers");
    app.add_flag("--tree", tree_, "count the layers of each module, instead of listing them");
    app.add_option("--depth", depth_, "with --tree: levels of modules that are shown; default: all")
        ->type_name("N");
    app.add_flag("--dot", dot_, "print the graph in Graphviz's language, coloured by precision");
    flags_.declare(app);
  }

  void run(Interrupt&) override {
    const QuantizeOptions options = flags_.options();
    check_form();
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
    print(json_   ? report::layers_json(model, layers)
          : tree_ ? report::tree_text(model, layers, depth_)
          : dot_  ? report::layers_dot(model, layers)
                  : report::layers_text(model, layers));
  }

 private:
  void check_form() const {
    const auto refuse = [](const char* option, const char* problem, const char* remedy) {
      throw Error(ErrorCode::invalid_argument, "command", std::string("option '") + option + "'",
                  problem, remedy);
    };
    if (tree_ + dot_ + (json_ || preview_) > 1)
      refuse(tree_ ? "--tree" : "--dot", "another form is asked for as well",
             "Give one of --tree, --dot and --json; --preview goes with --json alone");
    if (depth_ && !tree_) refuse("--depth", "it is of no use here", "Give it with --tree");
  }

  std::string model_;
  QuantizeFlags flags_;
  std::optional<std::size_t> depth_;
  bool json_ = false, preview_ = false, tree_ = false, dot_ = false;
};

}  // namespace

std::unique_ptr<Command> inspect_command() {
  return std::make_unique<Inspect>();
}

}  // namespace octet::cli
