import Configuration
import ArgumentParser
import Time

/// The flags of the configuration file, named as in Prometheus.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .customLong("config.file"), help: "Path of the configuration file to load.")
    var file = "graphwarden.yml"

    @Flag(
        name: .customLong("config.check"),
        inversion: .prefixedNo,
        help: """
            Check the configuration and rule files and exit with status 0 if they are valid, 1 if \
            not, and 2 if a file cannot be read.
            """
    )
    var check = false

    @Flag(
        name: .customLong("config.enable-auto-reload"),
        inversion: .prefixedNo,
        help: "Reload automatically when the configuration file or a rule file changes."
    )
    var autoReloads = false

    @Option(
        name: .customLong("config.auto-reload-interval"),
        help: "Interval at which to check the files for changes."
    )
    var autoReloadInterval = DurationArgument(duration: .seconds(30), text: "30s")
}

/// A positive duration in Prometheus' notation, such as `1h30m`. Keeps its text, so that the help
/// shows a default as written.
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
