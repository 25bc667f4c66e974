/// Tables. A wide one scrolls within itself; on a phone each row becomes a list, in which the cells
/// carry the names of their columns.
enum DataTable {
    /// - Parameter caption: what the table lists, for those who hear it.
    static func scrolling(
        _ caption: Markup,
        _ columns: [Markup],
        _ rows: some Sequence<Markup>
    ) -> Markup {
        let heads = columns.map { name -> Markup in "<th scope=\"col\">\(name)</th>" }.joined()
        return """
            <div class="scroll"><table><caption class="hidden">\(caption)</caption>
            <thead><tr>\(heads)</tr></thead><tbody>
            \(rows.joined())</tbody></table></div>

            """
    }

    /// Names and values; rows without a value are left out.
    static func facts(_ caption: Markup, _ rows: [(name: Markup, value: Markup?)]) -> Markup {
        let items = rows.compactMap { name, value -> Markup? in
            value.map { "<tr><th scope=\"row\">\(name)</th><td>\($0)</td></tr>\n" }
        }.joined()
        return """
            <table class="facts"><caption class="hidden">\(caption)</caption><tbody>
            \(items)</tbody></table>

            """
    }
}
