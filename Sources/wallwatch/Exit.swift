import ArgumentParser
import Collector
import Configuration
import Host

/// Ends a command with a sentence on standard error and an exit code of sysexits.h.
enum Exit {
    /// EX_CONFIG
    static let badConfiguration: Int32 = 78

    static func onFailure<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as CollectorError {
            Console.complain("wallwatch: \(error)")
            throw ExitCode(error.exitCode)
        } catch let error as ConfigurationErrors {
            Console.complain("\(error)")
            throw ExitCode(badConfiguration)
        }
    }
}
