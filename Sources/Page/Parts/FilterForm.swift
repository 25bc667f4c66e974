import URI

/// The form above a list. It is a GET request, so the filter is in the URL and can be shared.
enum FilterForm {
    static func render(_ action: Markup, _ fields: [Markup]) -> Markup {
        """
        <form class="filter" method="get" action="\(action)">
        \(fields.joined(by: "\n"))
        <button>Filter</button></form>

        """
    }

    static func text(
        _ name: Markup,
        _ title: Markup,
        _ value: String,
        placeholder: Markup = .empty
    ) -> Markup {
        """
        <label>\(title) <input name="\(name)" value="\(value)" placeholder="\(placeholder)" \
        maxlength="200" autocomplete="off"></label>
        """
    }

    static func moment(_ name: Markup, _ title: Markup, _ moment: MomentFilter) -> Markup {
        text(name, title, moment.text, placeholder: "24h or 2026-01-31T06:00")
    }

    static func select(
        _ name: Markup,
        _ title: Markup,
        _ values: [String],
        _ chosen: String,
        text: (String) -> String = { $0 }
    ) -> Markup {
        let options = values.map { value -> Markup in
            let mark: Markup = value == chosen ? " selected" : .empty
            return "<option value=\"\(value)\"\(mark)>\(id: text(value))</option>"
        }.joined()
        return """
            <label>\(title) <select name="\(name)"><option value="">any</option>\(options)\
            </select></label>
            """
    }

    /// What of the filter cannot be read, and so does not apply.
    static func problems(_ problems: [String]) -> Markup {
        problems.map { problem -> Markup in
            "<p class=\"answer refused\" role=\"alert\">\(problem)</p>"
        }.joined()
    }
}

/// The links below a part of a list.
enum Pager {
    /// - Parameters:
    ///   - first: nil on the first part.
    ///   - next: nil on the last part.
    static func render(first: Markup?, next: Markup?) -> Markup {
        let links = [
            first.map { "<a class=\"button plain\" href=\"\($0)\">Newest</a>" as Markup },
            next.map { "<a class=\"button plain\" href=\"\($0)\">Older</a>" as Markup },
        ].compactMap(\.self)
        guard !links.isEmpty else { return .empty }
        return
            "<nav class=\"pager\" aria-label=\"Parts of the list\">\(links.joined(by: " "))</nav>"
    }

    /// For a list in memory: links to the page before and after this one.
    static func numbered(_ page: Int, of pages: Int, _ link: (Int) -> Markup) -> Markup {
        guard pages > 1 else { return .empty }
        func item(_ number: Int, _ title: Markup) -> Markup {
            guard (1...pages).contains(number) else { return .empty }
            return "<a class=\"button plain\" href=\"\(link(number))\">\(title)</a> "
        }
        return """
            <nav class="pager" aria-label="Pages of the list">\(item(page - 1, "Previous"))\
            <span>Page \(page) of \(pages)</span> \(item(page + 1, "Next"))</nav>
            """
    }
}

extension [FormEncoding.Item] {
    /// With its question mark; empty without items. Items without a value are left out.
    var query: String {
        let items = filter { !$0.value.isEmpty }
        return items.isEmpty ? "" : "?" + FormEncoding.encode(items)
    }

    /// The last value of this name, cut at what a form lets one enter; empty if there is none.
    func value(_ name: String) -> String {
        last { $0.name == name }.map { String($0.value.prefix(200)) } ?? ""
    }
}
