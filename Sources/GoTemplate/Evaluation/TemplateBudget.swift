/// What one expansion may use. Templates can loop, invoke themselves and multiply texts, and they
/// are expanded for every alert in every cycle, so time and memory are bounded by counting.
struct TemplateBudget {
    /// A step is about as much work as entering a part of the template. Far more than a text needs,
    /// even one that goes through a query for each of 10,000 graphs; all of them take less than
    /// 100 ms.
    static let maximumSteps = 500_000

    /// The bytes of text that are as much work as a step.
    static let bytesPerStep = 64

    /// Of all values that functions return, whether or not they are still in use.
    static let maximumBytes = 16 << 20

    /// Of the memory for one sample and for one of its labels, beside the text.
    private static let sampleBytes = 64

    private static let elementBytes = 32
    private static let stepsPerSorted = 8

    private var steps = 0
    private var bytes = 0

    /// Whether a limit was exceeded.
    private(set) var isExhausted = false

    mutating func spend(steps count: Int) throws(TemplateError) {
        steps += count
        guard steps <= Self.maximumSteps else {
            isExhausted = true
            throw TemplateError("more than \(Self.maximumSteps) steps")
        }
    }

    /// Counts the work of a function with its arguments.
    mutating func spend(
        arguments: [TemplateValue],
        of function: TemplateFunction
    ) throws(TemplateError) {
        var count = 1
        for argument in arguments {
            switch argument {
            case .string(let text): count += text.utf8.count / Self.bytesPerStep
            case .list(let list):
                count += list.count * (function == .sortByLabel ? Self.stepsPerSorted : 1)
            case .labels(let labels): count += labels.count
            case .map(let map): count += map.count
            default: count += 1
            }
        }
        try spend(steps: count)
    }

    /// Counts the memory of the result of a function. The samples of a list belong to the query
    /// that has returned them.
    mutating func spend(
        result: TemplateValue,
        of function: TemplateFunction
    ) throws(TemplateError) {
        switch result {
        case .string(let text): bytes += text.utf8.count
        case .list(let list) where function != .query: bytes += Self.elementBytes * list.count
        case .list(let list):
            for case .sample(let sample) in list {
                bytes += Self.sampleBytes
                for (name, value) in sample.labels {
                    bytes += Self.sampleBytes + name.utf8.count + value.utf8.count
                }
            }
        case .map(let map): bytes += Self.sampleBytes * (map.count + 1)
        default: bytes += Self.sampleBytes
        }
        guard bytes <= Self.maximumBytes else {
            isExhausted = true
            throw TemplateError("the values have more than \(Self.maximumBytes) bytes in all")
        }
    }
}
