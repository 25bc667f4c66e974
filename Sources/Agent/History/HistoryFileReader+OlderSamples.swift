import API
import History

extension HistoryFileReader: OlderSamples {}
