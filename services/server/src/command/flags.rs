//! The settings of the server as flags.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::config::{self, Config, Problems, SETTINGS};

/// Every setting as an optional flag, and the file that holds the others.
#[derive(Clone, Debug, Default)]
pub struct ServerFlags {
    file: Option<PathBuf>,
    given: BTreeMap<&'static str, String>,
}

impl ServerFlags {
    /// The configuration that file, environment and flags make together.
    ///
    /// # Errors
    /// With every problem there is.
    pub fn config(&self) -> Result<Config, Problems> {
        config::load(self.file.as_deref(), &self.given)
    }

    /// The same flags with one more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.given.insert(name, value.into());
        self
    }

    /// The value that was given as a flag, if one was.
    #[must_use]
    pub fn given(&self, name: &str) -> Option<&str> {
        self.given.get(name).map(String::as_str)
    }
}

// The list of settings is the one place that knows them, so the flags are made
// from it rather than written down again.
impl Args for ServerFlags {
    fn augment_args(command: Command) -> Command {
        let file = Arg::new("config").long("config").value_name("FILE").env("AMENDS_CONFIG");
        let command = command.arg(file.help("TOML file with settings").help_heading("Server settings"));
        SETTINGS.iter().fold(command, |command, setting| {
            let help = match setting.default {
                Some(default) => format!("{} [default: {default}]", setting.help),
                None => setting.help.to_owned(),
            };
            let arg = Arg::new(setting.name).long(setting.name.replace('_', "-")).value_name("VALUE");
            command.arg(arg.help(help).help_heading("Server settings"))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for ServerFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.file = matches.get_one::<String>("config").map(PathBuf::from);
        for setting in SETTINGS {
            if let Some(value) = matches.get_one::<String>(setting.name) {
                self.given.insert(setting.name, value.clone());
            }
        }
        Ok(())
    }
}
