"use strict";
parent.damage(window);
