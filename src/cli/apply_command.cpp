#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/output_file.hpp"
#include "octet/recipe.hpp"

namespace octet::cli {
namespace {

class Apply : public Command {
 public:
  const char* name() const override { return "apply"; }
  const char* summary() const override { return "replay a recipe: the same bytes, without data"; }
  const char* examples() const override {
    return "Example:\n"
           "  octet apply resnet18.pt2 recipe.json -o resnet18_int8.xml\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("MODEL", model_, "the model that the recipe was made for")->required();
    app.add_option("RECIPE", recipe_, "what octet quantize --recipe wrote")->required();
    app.add_option("-o,--output", output_, "OpenVINO IR to write: .xml, with a .bin beside it")
        ->required()
        ->type_name("OUT.xml");
    app.add_flag("--quiet", quiet_, "print warnings and errors only");
  }

  void run(Interrupt& interrupt) override {
    check_model_output(output_, model_);
    const Recipe recipe = load_recipe(recipe_);
    const Model result = apply(load(model_), recipe);
    {
      const Interrupt::Saving saving(interrupt);
      save(result, output_);
    }
    print(result.diagnostics, quiet_);
    if (!quiet_)
      print(std::to_string(recipe.edits.size()) + " edits applied, " + output_ + " written\n");
  }

 private:
  std::string model_, recipe_, output_;
  bool quiet_ = false;
};

}  // namespace

std::unique_ptr<Command> apply_command() {
  return std::make_unique<Apply>();
}

}  // namespace octet::cli
