// The class of each item: the levels of the column that is the label. An item may have none, and so may all of them.
"use strict";

NM.define("classes", ["data", "levels"], ({ label }, levels) => levels.of(label));
