/// The page for what is not there, or is not there any more.
package enum MissingPage {
    package static func render(_ context: PageContext, what: String) -> Markup {
        Layout.document(
            context,
            title: "Not found",
            current: nil,
            refresh: .never,
            """
            <h1>Not found</h1><p>\(what)</p>
            <p><a href="\(context.link(.graphs(query: "")))">All graphs</a></p>
            """
        )
    }
}
