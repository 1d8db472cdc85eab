/// Prints how long placing quantizers takes against the size of the model: benchmark_placement

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <string>

#include "scheme/placement.hpp"
#include "unit/graph/text_model.hpp"

namespace {

using namespace octet;

/// Attention and a gated layer, with what surrounds them: 17 operations a block.
std::string transformer_blocks(int blocks) {
  std::string text = "x = Parameter f32[1,8,4]\ns0 = Relu(x)\n";
  for (int i = 0; i < blocks; ++i) {
    const std::string n = std::to_string(i), next = std::to_string(i + 1);
    text += "n" + n + " = MVN(s" + n + ", i64{2})\n";
    for (const char* part : {"q", "k", "v"}) {
      text += part + n + " = MatMul(n" + n + ", const[4,4])\n";
      text += part + ("b" + n) + " = Add(" + part + n + ", const[1,1,4])\n";
    }
    text += "w" + n + " = MatMul(qb" + n + ", kb" + n + ") transpose_b=true\n";
    text += "p" + n + " = Softmax(w" + n + ") axis=2\n";
    text += "o" + n + " = MatMul(p" + n + ", vb" + n + ")\n";
    text += "a" + n + " = Add(o" + n + ", s" + n + ")\n";
    text += "m" + n + " = MatMul(a" + n + ", const[4,4])\n";
    text += "g" + n + " = Sigmoid(m" + n + ")\n";
    text += "h" + n + " = Multiply(m" + n + ", g" + n + ")\n";
    text += "l" + n + " = MatMul(h" + n + ", const[4,4])\n";
    text += "s" + next + " = Add(l" + n + ", a" + n + ")\n";
  }
  return text + "out = Result(s" + std::to_string(blocks) + ")\n";
}

/// The best of five, in milliseconds of the processor, which placement uses one core of: others on
/// the machine do not count.
double time(const std::function<void()>& action) {
  double best = 1e30;
  for (int i = 0; i < 5; ++i) {
    const std::clock_t begin = std::clock();
    action();
    best = std::min(best, static_cast<double>(std::clock() - begin) * 1000 / CLOCKS_PER_SEC);
  }
  return best;
}

void print_curve(const char* title, const std::function<std::string(int)>& text,
                 const std::string& first, const std::string& last) {
  std::printf("%s\n%12s %10s %16s %22s\n", title, "operations", "ms", "us/operation",
              "ms, all in one scope");
  for (int blocks = 25; blocks <= 1600; blocks *= 2) {
    const Model model = tests::parse_model(text(blocks));
    const std::size_t operations = model.graph->get_ops().size();
    if (operations > 20000) break;
    QuantizeOptions scoped;
    scoped.ignored_scope.subgraphs.push_back({{first}, {last + std::to_string(blocks - 1)}});
    const double plain = time([&] { (void)scheme::place(model, {}); });
    const double with_scope = time([&] { (void)scheme::place(model, scoped); });
    std::printf("%12zu %10.2f %16.2f %22.2f\n", operations, plain,
                plain * 1000 / static_cast<double>(operations), with_scope);
  }
}

}  // namespace

int main() {
  print_curve("Residual blocks", tests::residual_blocks, "c0", "a");
  print_curve("Transformer blocks", transformer_blocks, "q0", "l");
  return 0;
}
