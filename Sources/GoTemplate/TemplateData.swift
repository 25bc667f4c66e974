/// Everything that a template can see.
package struct TemplateData {
    /// `$labels`: those of the sample that the expression of the rule returned, `__name__`
    /// included.
    let labels: [String: String]
    /// `$value`.
    let value: Double
    /// `$externalLabels`.
    let externalLabels: [String: String]
    /// `$externalURL`.
    let externalURL: String
    /// The function `query`; evaluates an expression at `now`.
    let query: (String) throws(TemplateError) -> [TemplateSample]
    /// The time of the evaluation, in seconds since the Unix epoch.
    let now: Double

    package init(
        labels: [String: String],
        value: Double,
        externalLabels: [String: String],
        externalURL: String,
        query: @escaping (String) throws(TemplateError) -> [TemplateSample],
        now: Double
    ) {
        self.labels = labels
        self.value = value
        self.externalLabels = externalLabels
        self.externalURL = externalURL
        self.query = query
        self.now = now
    }
}

/// One element of the result of `query`.
package struct TemplateSample: Sendable, Hashable {
    let labels: [String: String]
    let value: Double

    package init(labels: [String: String], value: Double) {
        self.labels = labels
        self.value = value
    }
}
