#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace octet::report {

/// Columns that a terminal shows `text` in: UTF-8 code points, without combining marks, East Asian
/// wide ones twice.
std::size_t display_width(std::string_view text);

/// Rows of text in aligned columns, two spaces apart.
class Table {
 public:
  enum class Align { left, right };
  struct Column {
    std::string title;
    Align align = Align::left;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// One cell a column; missing ones are empty. Control characters become spaces.
  void add(std::vector<std::string> cells);
  /// A line over all columns.
  void add_heading(std::string text);
  /// Each line is preceded by `indent` spaces and ends in a newline.
  std::string text(std::size_t indent = 0) const;

 private:
  struct Row {
    std::vector<std::string> cells;
    bool is_heading = false;
  };
  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

}  // namespace octet::report
