// SPDX-License-Identifier: MIT OR Apache-2.0
// A plugin of yarn with one command: it packs as `yarn npm publish` does, and runs no script of package.json, which
// `yarn pack` cannot be told. Yarn reads it by YARN_PLUGINS.
'use strict';
const fs = require('node:fs');
const { pipeline } = require('node:stream/promises');

module.exports = {
  name: 'headwater',
  factory(modules) {
    const { Command } = modules('clipanion');
    const { Configuration, Project } = modules('@yarnpkg/core');
    const { packUtils } = modules('@yarnpkg/plugin-pack');

    class Pack extends Command {
      static paths = [['headwater-pack']];

      async execute() {
        const { cwd, plugins } = this.context;
        const configuration = await Configuration.find(cwd, plugins);
        const { workspace } = await Project.find(configuration, cwd);
        if (!workspace) throw new Error('this folder is no workspace of the project around it');
        const files = await packUtils.genPackList(workspace);
        await pipeline(await packUtils.genPackStream(workspace, files), fs.createWriteStream(process.env.HEADWATER_TARBALL));
      }
    }
    return { commands: [Pack] };
  },
};
