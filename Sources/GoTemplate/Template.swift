// GoTemplate owns the language of labels and annotations in alerting rules: Go's text/template with
// the functions of Prometheus (template/template.go).
//
// Templates are expanded for every alert in every cycle, so an expansion is bounded in steps, depth
// and length of output, and the time and the results of queries are arguments. The target knows
// neither rules nor alerts; a query is a closure of the caller.

/// A text with actions in `{{ }}`.
///
/// As in Go, parsing finds wrong syntax and unknown functions and variables; everything else, such
/// as a wrong number of arguments, is an error of the expansion. `problems` finds many of those
/// without data.
package struct Template: Sendable, Hashable {
    /// As written in the rule file.
    package let text: String
    private let name: String
    let nodes: [TemplateNode]
    private let definitions: [String: [TemplateNode]]

    /// - Parameter name: appears in error messages; Prometheus uses `__alert_NAME`.
    package init(_ text: String, name: String) throws(TemplateError) {
        self.text = text
        self.name = name
        // Nearly every label is plain text and needs no parser.
        guard text.utf8.contains(UInt8(ascii: "{")) else {
            nodes = [.text(text)]
            definitions = [:]
            return
        }
        var parser = TemplateParser(try TemplateLexer.tokens(of: text, name: name), name: name)
        (nodes, definitions) = try parser.parse()
    }

    /// The text of a template without actions, nil if there are any.
    package var literal: String? {
        guard nodes.count <= 1 else { return nil }
        guard let node = nodes.first else { return "" }
        return if case .text(let text) = node { text } else { nil }
    }

    /// Carries out the actions and returns the resulting text.
    package func expand(_ data: TemplateData) throws(TemplateError) -> String {
        if let literal { return literal }
        var evaluator = TemplateEvaluator(
            source: TemplateSource(name: name, text: text),
            data: data,
            definitions: definitions
        )
        return try evaluator.expand(nodes)
    }

    /// The errors that an expansion will end with when it reaches them, whatever the data: wrong
    /// numbers and types of arguments, unknown fields and templates.
    ///
    /// - Parameter query: checks the expression of a query; its result is not used.
    package func problems(
        query: @escaping (String) throws(TemplateError) -> [TemplateSample]
    ) -> [TemplateError] {
        if literal != nil { return [] }
        var evaluator = TemplateEvaluator(
            source: TemplateSource(name: name, text: text),
            rehearsing: query,
            definitions: definitions
        )
        return evaluator.rehearse(nodes)
    }

    package static func == (left: Template, right: Template) -> Bool { left.text == right.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
