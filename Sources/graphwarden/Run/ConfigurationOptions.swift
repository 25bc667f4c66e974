import Configuration
import ArgumentParser
import Time

struct ConfigurationOptions: ParsableArguments {
    @Option(name: .customLong("config.file"), help: "Path of the configuration file.")
    var file = "graphwarden.yml"

    @Flag(
        name: .customLong("config.check"),
        help: """
            Check the configuration and rule files, and end: with status 0 if they are right, 1 if \
            not, 2 if they cannot be read.
            """
    )
    var check = false

    @Flag(
        name: .customLong("config.enable-auto-reload"),
        help: "Reload when the content of the configuration or of a rule file changes."
    )
    var autoReloads = false

    @Option(
        name: .customLong("config.auto-reload-interval"),
        help: "How often to look for changes of the configuration."
    )
    var autoReloadInterval = DurationArgument(duration: .seconds(30), text: "30s")
}

/// A duration in Prometheus' notation, longer than nothing.
struct DurationArgument: ExpressibleByArgument {
    let duration: Duration
    private let text: String

    init(duration: Duration, text: String) {
        self.duration = duration
        self.text = text
    }

    init?(argument: String) {
        guard let duration = try? PrometheusDuration.parse(argument), duration > .zero else {
            return nil
        }
        self.init(duration: duration, text: argument)
    }

    var defaultValueDescription: String { text }
}
