#include "report/table.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace octet::report {
namespace {

struct Block {
  std::uint32_t first, last;
};
/// Of the Unicode data: combining marks and zero-width characters, and the wide blocks.
constexpr std::array zero_width = {
    Block{0x300, 0x36F},   Block{0x483, 0x489},   Block{0x1AB0, 0x1AFF}, Block{0x1DC0, 0x1DFF},
    Block{0x200B, 0x200F}, Block{0x20D0, 0x20FF}, Block{0xFE00, 0xFE0F}, Block{0xFE20, 0xFE2F}};
constexpr std::array wide = {
    Block{0x1100, 0x115F},   Block{0x2E80, 0x303E},  Block{0x3041, 0x33FF}, Block{0x3400, 0x4DBF},
    Block{0x4E00, 0x9FFF},   Block{0xA000, 0xA4CF},  Block{0xAC00, 0xD7A3}, Block{0xF900, 0xFAFF},
    Block{0xFE30, 0xFE4F},   Block{0xFF00, 0xFF60},  Block{0xFFE0, 0xFFE6}, Block{0x1F300, 0x1F64F},
    Block{0x1F900, 0x1F9FF}, Block{0x20000, 0x3FFFD}};

template <typename Blocks>
bool is_in(const Blocks& blocks, std::uint32_t code) {
  return std::ranges::any_of(
      blocks, [&](const Block& block) { return code >= block.first && code <= block.last; });
}

/// Code point at the front of `text`, which loses its bytes. A byte that begins no valid sequence
/// counts as one character.
std::uint32_t take(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  const std::size_t length = lead < 0x80    ? 1
                             : lead >= 0xF0 ? 4
                             : lead >= 0xE0 ? 3
                             : lead >= 0xC0 ? 2
                                            : 1;
  std::uint32_t code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if (i >= text.size() || (byte(i) & 0xC0) != 0x80) {
      text.remove_prefix(1);
      return lead;
    }
    code = code << 6 | (byte(i) & 0x3FU);
  }
  text.remove_prefix(length);
  return code;
}

std::string printable(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return text;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const std::uint32_t code = take(text);
    width += is_in(zero_width, code) ? 0 : is_in(wide, code) ? 2 : 1;
  }
  return width;
}

void Table::add(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (std::string& cell : cells) cell = printable(std::move(cell));
  rows_.push_back({std::move(cells), false});
}

void Table::add_heading(std::string text) {
  rows_.push_back({{printable(std::move(text))}, true});
}

std::string Table::text(std::size_t indent) const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) widths.push_back(display_width(column.title));
  for (const Row& row : rows_)
    if (!row.is_heading)
      for (std::size_t i = 0; i < widths.size(); ++i)
        widths[i] = std::max(widths[i], display_width(row.cells[i]));

  std::string text;
  const auto add_line = [&](std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  const auto add_cells = [&](const std::vector<std::string>& cells) {
    std::string line(indent, ' ');
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::string space(widths[i] - display_width(cells[i]), ' ');
      if (i != 0) line += "  ";
      line += columns_[i].align == Align::right ? space + cells[i] : cells[i] + space;
    }
    add_line(std::move(line));
  };
  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  if (std::ranges::any_of(titles, [](const std::string& title) { return !title.empty(); }))
    add_cells(titles);
  for (const Row& row : rows_)
    if (row.is_heading)
      add_line(std::string(indent, ' ') + row.cells[0]);
    else
      add_cells(row.cells);
  return text;
}

}  // namespace octet::report
