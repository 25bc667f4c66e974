/// A part of a page under a heading of its own.
enum Section {
    /// - Parameter id: of the heading, for links.
    static func render(_ id: Markup, _ title: Markup, _ content: Markup) -> Markup {
        """
        <section aria-labelledby="\(id)"><h2 id="\(id)">\(title)</h2>
        \(content)</section>

        """
    }
}
